import { Link } from "@tanstack/react-router";
import { useCallback } from "react";
import { Button } from "@/components/ui/button";
import { useCommandRegistry } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { ChatSession } from "../chat-session";
import { useKept } from "../kept";
import type { Citation, Message } from "../live-answer";
import { AnswerText } from "../markdown/answer-text";
import { type AskScope, EVERYTHING, isEverything, scopeOf } from "../scope";
import { askAgain, type Turn } from "../use-chat";
import { AnswerFoot } from "./answer-foot";
import { Progress } from "./progress";
import { Sources } from "./sources";
import { Thoughts } from "./thoughts";
import { ToolCalls } from "./tool-calls";

interface AnswerProps {
  session: ChatSession;
  turn: Turn;
  isLast: boolean;
  onSource: (messageId: string, n: number) => void;
  onAsk: (question: string, scope?: AskScope) => void;
}

const NO_CITATIONS: Citation[] = [];
const NO_CLAIMS: Message["claims"] = [];

/** An answer, being made or stored: sources, then words, then how it ended and what can be done with it. */
export function Answer({ session, turn, isLast, onSource, onAsk }: AnswerProps) {
  const words = useWords();
  const { answer, live } = turn;
  const id = live?.messageId ?? answer?.id ?? "";
  const partial = useKept((state) => state.partial[id] ?? "");
  const open = useCallback((n: number) => onSource(id, n), [onSource, id]);
  const stored = answer?.content ?? "";
  const brokeOff = answer?.status === "interrupted" && partial.length > stored.length;
  const content = live ? live.content : brokeOff ? partial : stored;
  const citations = live ? (live.citations ?? NO_CITATIONS) : (answer?.citations ?? NO_CITATIONS);
  const claims = live || brokeOff ? NO_CLAIMS : (answer?.claims ?? NO_CLAIMS);
  const unsupported = claims.filter((claim) => !claim.supported).length;
  const suggestions = session.suggestionsOf(id) ?? answer?.suggestions ?? [];
  return (
    <article
      aria-label={words("chat.cortex")}
      aria-busy={live !== null && live.phase !== "approval" && live.phase !== "lost"}
      data-answer={id}
      data-pane-focus
      tabIndex={-1}
      className="flex flex-col gap-2 rounded-sm focus-visible:outline-offset-4"
    >
      <Thoughts text={live ? live.thoughts : (answer?.thoughts ?? "")} />
      <Sources citations={citations} onSource={open} />
      <ToolCalls calls={live ? live.toolCalls : (answer?.tool_calls ?? [])} session={session} />
      {content ? (
        <AnswerText content={content} citations={citations} claims={claims} onSource={open} />
      ) : null}
      {live ? <Progress live={live} /> : null}
      {live?.phase === "lost" ? (
        <Ended text={words("chat.interrupted")}>
          <Button onPress={() => void session.continue()}>{words("chat.continue")}</Button>
        </Ended>
      ) : null}
      {answer && !live ? (
        <>
          {unsupported > 0 ? (
            <p className="text-13 text-warn">{words("chat.claims", { count: unsupported })}</p>
          ) : null}
          <Outcome turn={turn} session={session} onAsk={onAsk} />
          <AnswerFoot
            answer={answer}
            question={turn.question?.content ?? ""}
            session={session}
            content={content}
          />
          {isLast && suggestions.length > 0 ? (
            <section>
              <h2 className="mb-1 text-12 text-muted">{words("chat.goOn")}</h2>
              <ul className="flex flex-wrap gap-1.5">
                {suggestions.map((suggestion) => (
                  <li key={suggestion}>
                    <Button
                      className="h-auto py-1 text-start text-13! font-normal! whitespace-normal!"
                      onPress={() => onAsk(suggestion)}
                    >
                      {suggestion}
                    </Button>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
        </>
      ) : null}
    </article>
  );
}

function Ended({
  text,
  tone = "plain",
  children,
}: {
  text: string;
  tone?: "plain" | "danger";
  children?: React.ReactNode;
}) {
  return (
    <div
      className={`flex flex-wrap items-center gap-2 text-13 ${tone === "danger" ? "text-danger" : "text-muted"}`}
    >
      <span>{text}</span>
      {children}
    </div>
  );
}

/** How a stored answer ended, where that is not well, and what to do then. */
function Outcome({ turn, session, onAsk }: Pick<AnswerProps, "turn" | "session" | "onAsk">) {
  const words = useWords();
  const capture = useCommandRegistry((state) => state.commands.find((command) => command.id === "capture"));
  const { answer, question } = turn;
  if (answer === null) return null;
  const again = () => void askAgain(session, answer.id);
  if (answer.status === "cancelled") return <Ended text={words("chat.stopped")} />;
  if (answer.status === "interrupted")
    return (
      <Ended text={words("chat.interrupted")}>
        <Button onPress={again}>{words("chat.continue")}</Button>
      </Ended>
    );
  if (answer.status === "failed")
    return (
      <Ended text={answer.error?.message ?? words("chat.interrupted")} tone="danger">
        <Button onPress={again}>{words("chat.failed.again")}</Button>
      </Ended>
    );
  if (answer.found !== false || question === null) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {isEverything(scopeOf(question.scope)) ? null : (
        <Button onPress={() => onAsk(question.content, EVERYTHING)}>{words("chat.missing.widen")}</Button>
      )}
      <Link
        to="/search"
        search={{ q: question.content }}
        className="inline-flex min-h-8 items-center rounded-sm border border-control bg-surface px-3 font-medium text-text no-underline hover:bg-selected"
      >
        {words("chat.missing.search")}
      </Link>
      {capture ? <Button onPress={capture.run}>{words("chat.missing.capture")}</Button> : null}
    </div>
  );
}
