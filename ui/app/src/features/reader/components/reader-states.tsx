import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { type MessageId, t, useWords } from "@/lib/i18n";
import { useBulk } from "@/lib/items";
import type { ItemDetail } from "../api";

/** What is to be said before the text: in the trash, failed, still being read, or without the cited passage. */
export function ReaderStates({ item, isGone }: { item: ItemDetail; isGone: boolean }) {
  const words = useWords();
  const bulk = useBulk();
  const isOnItsWay = item.status !== "ready" && item.status !== "failed";
  return (
    <>
      {item.deleted_at ? (
        <div
          role="status"
          className="mb-4 flex items-center gap-3 rounded-md border border-line bg-surface px-4 py-2"
        >
          <span className="flex-1">{words("reader.trashed")}</span>
          <Button
            onPress={() =>
              bulk.mutate({
                request: { action: "restore", ids: [item.id] },
                said: (done) => t("items.restored", { count: done }),
              })
            }
          >
            {words("command.item.restore")}
          </Button>
        </div>
      ) : null}
      {item.status === "failed" ? (
        <div
          role="alert"
          className="mb-4 flex items-center gap-3 rounded-md border border-danger bg-surface px-4 py-2"
        >
          <div className="flex-1">
            <p className="text-danger">{item.error?.message ?? words("reader.failed")}</p>
            <p className="text-13 text-muted">{words("reader.failed.kept")}</p>
          </div>
          <Button
            onPress={() =>
              bulk.mutate({
                request: { action: "retry", ids: [item.id] },
                said: (done) => t("items.retried", { count: done }),
              })
            }
          >
            {words("state.retry")}
          </Button>
        </div>
      ) : null}
      {isOnItsWay && item.content_html ? (
        <p role="status" className="mb-3 text-13 text-muted">
          {item.stage
            ? words("library.progress", {
                stage: words(`library.stage.${item.stage}` as MessageId),
                percent: Math.round(item.progress * 100),
              })
            : words(item.error ? "library.status.waiting" : "library.status.pending")}
          {item.error ? ` ${item.error.message}` : ""}
        </p>
      ) : null}
      {isGone ? <p className="mb-3 text-warn">{words("reader.gone")}</p> : null}
      {item.warnings.map((warning) => (
        <p key={warning} className="mb-3 text-13 text-warn">
          {warning}
        </p>
      ))}
      {item.content_html || item.status === "failed" ? null : (
        <EmptyState title={item.error?.message ?? words(isOnItsWay ? "reader.waiting" : "reader.empty")} />
      )}
    </>
  );
}
