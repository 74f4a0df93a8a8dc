import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { type Typed, useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";

interface DraftDialogProps<Value extends Typed> {
  title: string;
  /** What names the draft among all of this browser. */
  draft: string;
  /** What is stored by now, which the form begins with. */
  stored: Value;
  /** Stores it; what fails says so itself. */
  onSave: (value: Value) => Promise<unknown>;
  onClose: () => void;
  /** What cannot be stored is not sent. */
  isComplete?: (value: Value) => boolean;
  /** What the button says; otherwise "Save". */
  save?: string;
  /** The fields. */
  children: (value: Value, set: (value: Value) => void) => ReactNode;
}

/**
 * A form in a dialog. What is typed is kept until it is stored: closing the dialog loses nothing, and whoever opens it
 * again is told that this is not saved yet. Mod+Enter saves from a field of several lines.
 */
export function DraftDialog<Value extends Typed>({
  title,
  draft: key,
  stored,
  onSave,
  onClose,
  isComplete = () => true,
  save,
  children,
}: DraftDialogProps<Value>) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const draft = useTyped(key, stored);
  const [wasKept] = useState(draft.isChanged);
  const [isSending, setSending] = useState(false);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  const submit = async () => {
    if (isSending || !isComplete(draft.value)) return;
    setSending(true);
    const isStored = await draft.store(onSave);
    // Another one may be shown by now.
    if (!isShown.current) return;
    setSending(false);
    if (isStored) onClose();
  };
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <form
        ref={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          const isOfLines = event.target instanceof HTMLTextAreaElement;
          if (isOfLines && event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
        }}
      >
        {wasKept && draft.isChanged ? (
          <p className="flex items-center justify-between gap-2 rounded-sm bg-selected ps-2.5 text-13">
            <span role="status">{words("draft.kept")}</span>
            <Button
              kind="quiet"
              onPress={() => {
                draft.forget();
                form.current?.querySelector<HTMLElement>("input, textarea")?.focus();
              }}
            >
              {words("draft.discard")}
            </Button>
          </p>
        ) : null}
        {children(draft.value, draft.set)}
        <Button kind="primary" type="submit" className="self-end">
          {save ?? words("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
