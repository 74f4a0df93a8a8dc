import { ArrowUp, Square, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { useWords } from "@/lib/i18n";
import { useKeptClear } from "@/lib/kept-clear";
import { useNotices } from "@/lib/undo";
import { MOST_ITEMS, type Model, useModels, useWhatLeaves } from "../api/use-library";
import { useKept } from "../kept";
import type { AskScope } from "../scope";
import { ScopeBar } from "./scope-bar";

interface ComposerProps {
  /** Under which name the draft is kept. */
  conversation: string;
  scope: AskScope;
  onScope: (scope: AskScope) => void;
  isAnswering: boolean;
  mayAsk: boolean;
  onAsk: (question: string) => void;
  onStop?: () => void;
  isEditing?: boolean;
  /** `↑` in an empty field. */
  onEditLast?: () => void;
  onEndEditing?: () => void;
  /** Tools that need no approval here. */
  allowed?: React.ReactNode;
}

const FINE = matchMedia("(pointer: fine)");

/** Where one asks: of what, which model, and the words. Enter asks, Shift+Enter begins a line. */
export function Composer(props: ComposerProps) {
  const { conversation, scope, onScope, isAnswering, mayAsk, onAsk, onStop, isEditing, allowed } = props;
  const words = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const form = useKeptClear<HTMLFormElement>();
  const text = useKept((state) => state.drafts[conversation] ?? "");
  const setDraft = useKept((state) => state.setDraft);
  useEffect(() => {
    if (FINE.matches || isEditing) field.current?.focus();
  }, [isEditing]);

  const submit = () => {
    const question = text.trim();
    if (question === "") return;
    if (!mayAsk) return useNotices.getState().tell(words("chat.busy"));
    setDraft(conversation, "");
    onAsk(question);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && text === "" && props.onEditLast) {
      event.preventDefault();
      props.onEditLast();
    }
  };
  return (
    <form
      ref={form}
      className="flex flex-col gap-2 border-t border-line bg-bg px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <ScopeBar scope={scope} onScope={onScope} />
          {allowed}
          <ModelChoice scope={scope} />
        </div>
        {isEditing ? (
          <p className="flex items-center gap-1 text-13 text-muted">
            {words("chat.editing")}
            <IconButton icon={X} label={words("action.cancel")} onPress={() => props.onEndEditing?.()} />
          </p>
        ) : null}
        <div
          data-pane="field"
          className="flex items-end gap-2 rounded-md border border-control bg-surface p-1.5 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent"
        >
          <textarea
            ref={field}
            data-pane-focus
            rows={1}
            value={text}
            onChange={(event) => setDraft(conversation, event.target.value)}
            onKeyDown={onKeyDown}
            aria-label={words("chat.ask")}
            placeholder={words("chat.ask.placeholder")}
            dir="auto"
            className="field-sizing-content max-h-48 min-h-8 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none placeholder:text-muted"
          />
          {isAnswering && onStop ? (
            <Button icon={Square} onPress={onStop}>
              {words("chat.stop")}
            </Button>
          ) : (
            <Button kind="primary" type="submit" icon={ArrowUp} isDisabled={!mayAsk || text.trim() === ""}>
              {words("chat.send")}
            </Button>
          )}
        </div>
      </div>
    </form>
  );
}

/** Who answers and where; a choice when there are several. */
function ModelChoice({ scope }: { scope: AskScope }) {
  const words = useWords();
  const models = useModels();
  const chosen = useKept((state) => state.model);
  const setModel = useKept((state) => state.setModel);
  const all = models.data?.items ?? [];
  const usual = all.find((model) => model.default);
  const current = all.find((model) => model.name === chosen) ?? usual;
  const isGone = models.data !== undefined && chosen !== null && current?.name !== chosen;
  useEffect(() => {
    if (isGone) setModel(null);
  }, [isGone, setModel]);
  const place = (model: Model | undefined) =>
    model === undefined || model.provider === "embedded"
      ? words("place.extractive")
      : model.local
        ? words("place.local", { model: model.model })
        : words("chat.by.cloud", { place: model.place, model: model.model });
  if (!models.data) return null;
  return (
    <div className="ms-auto flex flex-wrap items-center gap-x-3 text-12 text-muted">
      {current && !current.local ? <WhatLeaves scope={scope} place={current.place} /> : null}
      {all.length > 1 ? (
        <Select
          label={words("chat.model")}
          labelHidden
          value={current?.name ?? ""}
          options={all.map((model) => ({
            value: model.name,
            label: place(model),
            ...(model.default ? { detail: words("chat.model.default") } : {}),
          }))}
          onChange={(name) => setModel(name === usual?.name ? null : name)}
        />
      ) : (
        <span>{place(current)}</span>
      )}
    </div>
  );
}

/** How much may go where with the next question, and how much stays. */
function WhatLeaves({ scope, place }: { scope: AskScope; place: string }) {
  const words = useWords();
  const { data } = useWhatLeaves(scope, true);
  if (data === undefined) return null;
  return (
    <span role="status">
      {words("chat.cloud", { count: data.allowed, most: Math.min(data.allowed, MOST_ITEMS), place })}{" "}
      {words("chat.cloud.held", { count: data.held })}
    </span>
  );
}
