import { DraftDialog } from "@/components/draft-dialog";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { type Highlight, useHighlightWrite } from "../api";

/** The note on a highlight. */
export function HighlightNote({ highlight, onClose }: { highlight: Highlight; onClose: () => void }) {
  const words = useWords();
  const { mutateAsync } = useHighlightWrite(highlight.item_id);
  return (
    <DraftDialog
      title={words("reader.highlight.note")}
      draft={`highlight:${highlight.id}`}
      stored={highlight.note ?? ""}
      onSave={(note) =>
        mutateAsync({ kind: "edit", id: highlight.id, change: { note: note.trim() || null } })
      }
      onClose={onClose}
    >
      {(note, set) => (
        <>
          <blockquote
            className="reading-highlight line-clamp-4 px-2 py-1 text-13"
            data-colour={highlight.colour}
            dir="auto"
          >
            {highlight.quote}
          </blockquote>
          <TextField label={words("reader.note")} value={note} onChange={set} rows={4} autoFocus />
        </>
      )}
    </DraftDialog>
  );
}
