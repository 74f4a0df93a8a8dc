import type { Schemas } from "@cortex/api-client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pause, Play, RotateCcw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { fromNow } from "@/lib/format";
import { type MessageId, t, useWords } from "@/lib/i18n";
import { tellProblem, undo, useNotices } from "@/lib/undo";
import { useDocumentTitle } from "@/lib/use-document-title";

type Queue = Schemas["Queue"];
type Queued = Schemas["QueuedItem"];
const MANY_ALIKE = 4;

/** What is being processed, how fast, what failed and why; and the last changes with their undo. */
export function ActivityView() {
  const words = useWords();
  useDocumentTitle(words("activity.title"));
  const queue = useQuery({
    queryKey: ["queue", "detail"],
    queryFn: () => unwrap(api.GET("/api/processing/queue")),
  });
  return (
    <section className="mx-auto max-w-4xl p-4">
      <h1 className="mb-3 text-20">{words("activity.title")}</h1>
      {queue.isPending ? (
        <Loading>
          <Skeleton lines={6} />
        </Loading>
      ) : null}
      {queue.isError ? <ErrorState error={queue.error} onRetry={() => void queue.refetch()} /> : null}
      {queue.data ? <QueueShown queue={queue.data} /> : null}
      <RecentChanges />
    </section>
  );
}

function QueueShown({ queue }: { queue: Queue }) {
  const words = useWords();
  const pause = useQueueAction(() =>
    unwrap(api.POST(queue.paused ? "/api/processing/resume" : "/api/processing/pause")),
  );
  const retry = useRetry();
  const open = queue.pending + queue.processing;
  const minutes = queue.items_per_minute > 0 ? Math.ceil(open / queue.items_per_minute) : 0;
  const failed = queue.items.filter((item) => item.status === "failed");
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-line bg-surface p-3">
        <p className="flex-1 tabular-nums" role="status">
          {words("activity.totals", {
            pending: queue.pending,
            processing: queue.processing,
            failed: queue.failed,
          })}
          <span className="block text-13 text-muted">
            {[
              queue.items_per_minute > 0
                ? words("activity.rate", { rate: Math.round(queue.items_per_minute) })
                : null,
              open > 0 && minutes > 0 ? words("activity.left", { minutes }) : null,
              queue.writing > 0 ? words("activity.writing", { count: queue.writing }) : null,
            ]
              .filter((part) => part !== null)
              .join(" · ")}
          </span>
        </p>
        {queue.failed > 0 ? (
          <Button icon={RotateCcw} onPress={() => retry.mutate(undefined)}>
            {words("activity.retryAll")}
          </Button>
        ) : null}
        <Button icon={queue.paused ? Play : Pause} onPress={() => pause.mutate()}>
          {words(queue.paused ? "activity.resume" : "activity.pause")}
        </Button>
      </div>
      {queue.paused ? <p className="mt-2 text-warn">{words("activity.paused")}</p> : null}
      {queue.items.length === 0 ? (
        <EmptyState title={words("activity.empty")}>{words("activity.empty.text")}</EmptyState>
      ) : (
        <ul className="mt-3">
          {queue.items
            .filter((item) => item.status !== "failed")
            .map((item) => (
              <QueueRow key={item.item_id} item={item} />
            ))}
          {grouped(failed).map(([reason, items]) =>
            items.length >= MANY_ALIKE ? (
              <li key={reason} className="flex items-center gap-3 border-b border-line py-2">
                <span className="flex-1 text-danger">
                  {words("activity.alike", { count: items.length, reason })}
                </span>
                <Button
                  kind="quiet"
                  icon={RotateCcw}
                  onPress={() => retry.mutate(items.map((item) => item.item_id))}
                >
                  {words("state.retry")}
                </Button>
              </li>
            ) : (
              items.map((item) => (
                <QueueRow key={item.item_id} item={item} onRetry={() => retry.mutate([item.item_id])} />
              ))
            ),
          )}
        </ul>
      )}
    </>
  );
}

function QueueRow({ item, onRetry }: { item: Queued; onRetry?: () => void }) {
  const words = useWords();
  return (
    <li className="flex items-center gap-3 border-b border-line py-2">
      <div className="min-w-0 flex-1">
        <Link
          to={`/item/${item.item_id}` as string}
          className="block truncate text-text no-underline hover:underline"
          dir="auto"
        >
          {item.title}
        </Link>
        <p className={`text-12 ${item.error ? "text-danger" : "text-muted"}`}>
          {item.error?.message ??
            (item.stage
              ? words(`library.stage.${item.stage}` as MessageId)
              : words(`library.status.${item.status}` as MessageId))}
          {item.attempts > 1 ? ` · ${words("activity.attempts", { count: item.attempts })}` : ""}
          {item.next_attempt_at && item.status === "waiting"
            ? ` · ${words("activity.next", { when: fromNow(item.next_attempt_at) })}`
            : ""}
        </p>
      </div>
      {item.status === "processing" ? (
        <progress
          max={1}
          value={item.progress}
          aria-label={item.title}
          className="h-1.5 w-24 accent-accent"
        />
      ) : null}
      {onRetry ? (
        <Button kind="quiet" icon={RotateCcw} onPress={onRetry}>
          {words("state.retry")}
        </Button>
      ) : null}
    </li>
  );
}

/** Failures by their reason, so that forty of a kind are one line. */
function grouped(items: Queued[]): [string, Queued[]][] {
  const groups = new Map<string, Queued[]>();
  for (const item of items) {
    const reason = item.error?.message ?? "";
    groups.set(reason, [...(groups.get(reason) ?? []), item]);
  }
  return [...groups];
}

function RecentChanges() {
  const words = useWords();
  const past = useNotices((state) => state.past);
  if (past.length === 0) return null;
  return (
    <section className="mt-6">
      <h2 className="mb-1 text-16">{words("activity.recent")}</h2>
      <ul>
        {past.map((change) => (
          <li
            key={change.undoId}
            className="flex items-center justify-between gap-3 border-b border-line py-1"
          >
            <span className="truncate">{change.text}</span>
            <Button kind="quiet" className="text-accent" onPress={() => void undo(change.undoId)}>
              {words("action.undo")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useQueueAction<Answer>(run: () => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["queue"] }),
    onError: tellProblem,
  });
}

function useRetry() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[] | undefined) =>
      unwrap(api.POST("/api/processing/retry", { body: ids ? { item_ids: ids } : {} })),
    onSuccess: ({ retried }) => {
      useNotices.getState().tell(t("activity.retried", { count: retried }));
      void queries.invalidateQueries({ queryKey: ["queue"] });
    },
    onError: tellProblem,
  });
}
