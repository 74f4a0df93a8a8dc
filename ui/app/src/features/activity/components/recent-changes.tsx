import { Button } from "@/components/ui/button";
import { fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { undo, undoable, useNotices } from "@/lib/undo";

/** What was changed in this browser within a day, each to be undone. */
export function RecentChanges() {
  const words = useWords();
  const past = undoable(useNotices((state) => state.past));
  if (past.length === 0) return null;
  return (
    <section className="mt-6">
      <h2 className="mb-1 text-16">{words("activity.recent")}</h2>
      <ul>
        {past.map((change) => (
          <li key={change.undoId} className="flex items-center gap-3 border-b border-line py-1">
            <span className="min-w-0 flex-1 truncate" dir="auto">
              {change.text}
            </span>
            <span className="shrink-0 text-12 text-muted">{fromNow(new Date(change.at).toISOString())}</span>
            <Button
              kind="quiet"
              className="text-accent"
              aria-label={words("activity.undo", { change: change.text })}
              onPress={() => void undo(change.undoId)}
            >
              {words("action.undo")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
