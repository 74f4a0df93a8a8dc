import { Check, CircleSlash, Undo2 } from "lucide-react";
import { useState } from "react";
import { Checkbox } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { type MessageId, useWords } from "@/lib/i18n";
import { undo } from "@/lib/undo";
import type { ChatSession } from "../chat-session";
import type { ToolCall } from "../live-answer";

/** What the model did or wants to do: what writes waits for its button. */
export function ToolCalls({ calls, session }: { calls: ToolCall[]; session: ChatSession }) {
  if (calls.length === 0) return null;
  return (
    <ul className="flex flex-col gap-2">
      {calls.map((call) => (
        <li key={call.id}>
          {call.needs_approval ? (
            <ApprovalCard call={call} session={session} />
          ) : (
            <p className="text-13 text-muted" dir="auto">
              {call.description}
              {call.result?.is_error ? ` ${call.result.text ?? ""}` : ""}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function ApprovalCard({ call, session }: { call: ToolCall; session: ChatSession }) {
  const words = useWords();
  const [always, setAlways] = useState(false);
  const isPending = call.state === "pending";
  const decide = (word: "approve" | "refuse") => {
    // The buttons go: the answer that they belong to keeps the focus.
    document.activeElement?.closest<HTMLElement>("[data-answer]")?.focus({ preventScroll: true });
    session.decide(call.id, word, word === "approve" && always);
  };
  return (
    <section
      aria-label={isPending ? words("chat.tool.wants") : call.description}
      className={`flex flex-col gap-2 rounded-md border bg-surface p-3 ${isPending ? "border-accent" : "border-line"}`}
    >
      {isPending ? <h2 className="text-12 text-muted">{words("chat.tool.wants")}</h2> : null}
      <p className="[overflow-wrap:anywhere]" dir="auto">
        {call.description}
      </p>
      <Arguments call={call} />
      {isPending ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button onPress={() => decide("refuse")}>{words("chat.tool.refuse")}</Button>
          <Button kind="primary" onPress={() => decide("approve")}>
            {words("chat.tool.approve")}
          </Button>
          <Always isSelected={always} onChange={setAlways} />
        </div>
      ) : (
        <Result call={call} />
      )}
    </section>
  );
}

/** As plain text: whatever stands in them is only read. */
function Arguments({ call }: { call: ToolCall }) {
  const words = useWords();
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-13">
      <dt className="text-muted">{words("chat.tool.name")}</dt>
      <dd className="font-mono text-12 leading-5">{call.name}</dd>
      {Object.entries(call.arguments).map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="max-h-40 overflow-auto whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto">
            {typeof value === "string" ? value : JSON.stringify(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Always({ isSelected, onChange }: { isSelected: boolean; onChange: (on: boolean) => void }) {
  const words = useWords();
  return (
    <Checkbox
      isSelected={isSelected}
      onChange={onChange}
      className="inline-flex min-h-8 items-center gap-2 rounded-sm px-1 text-13"
    >
      <span
        aria-hidden
        className={`flex size-4 items-center justify-center rounded-sm border ${isSelected ? "border-accent bg-accent text-on-accent" : "border-control"}`}
      >
        {isSelected ? <Check size={12} /> : null}
      </span>
      {words("chat.tool.always")}
    </Checkbox>
  );
}

function Result({ call }: { call: ToolCall }) {
  const words = useWords();
  const { undo_id: undoId, result, state } = call;
  const Icon = state === "done" || state === "approved" ? Check : CircleSlash;
  return (
    <div className="flex flex-wrap items-center gap-2 text-13">
      <span
        className={`inline-flex items-center gap-1 ${state === "done" ? "text-ok" : state === "failed" ? "text-danger" : "text-muted"}`}
      >
        <Icon size={16} aria-hidden />
        {words(`chat.tool.state.${state}` as MessageId)}
      </span>
      {result?.is_error && result.text ? <span className="text-muted">{result.text}</span> : null}
      {undoId ? (
        <Button kind="quiet" icon={Undo2} className="text-accent" onPress={() => void undo(undoId)}>
          {words("chat.tool.undo")}
        </Button>
      ) : null}
    </div>
  );
}
