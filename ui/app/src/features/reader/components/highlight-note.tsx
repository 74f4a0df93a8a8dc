import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { type Highlight, useHighlightWrite } from "../api";

/** The note on a highlight. */
export function HighlightNote({ highlight, onClose }: { highlight: Highlight; onClose: () => void }) {
  const words = useWords();
  const write = useHighlightWrite(highlight.item_id);
  const draft = useTyped(`highlight:${highlight.id}`, highlight.note ?? "");
  const save = () => {
    if (write.isPending) return;
    const sent = draft.value;
    write
      .mutateAsync(
        { kind: "edit", id: highlight.id, change: { note: sent.trim() || null } },
        { onSuccess: onClose },
      )
      .then(
        () => draft.forget(sent),
        () => undefined, // said by the mutation; the words are still here
      );
  };
  return (
    <Dialog title={words("reader.highlight.note")} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <blockquote
          className="reading-highlight line-clamp-4 px-2 py-1 text-13"
          data-colour={highlight.colour}
          dir="auto"
        >
          {highlight.quote}
        </blockquote>
        <TextField
          label={words("reader.note")}
          value={draft.value}
          onChange={draft.set}
          rows={4}
          autoFocus
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
            // Escape closes the dialog.
            else event.continuePropagation();
          }}
        />
        <Button kind="primary" type="submit" className="self-end">
          {words("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
