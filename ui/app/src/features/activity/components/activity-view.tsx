import { Pause, Play, RotateCcw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { ViewTitle } from "@/components/ui/view-title";
import { aboutSeconds } from "@/lib/duration";
import { useWords } from "@/lib/i18n";
import { useQueue } from "@/lib/queue";
import { useDocumentTitle } from "@/lib/use-document-title";
import { usePaced } from "@/lib/use-paced";
import { type Queue, usePause, useRetry } from "../api";
import { QueueList } from "./queue-list";
import { RecentChanges } from "./recent-changes";

/** What is being processed, how fast, what failed and why; and the last changes with their undo. */
export function ActivityView() {
  const words = useWords();
  useDocumentTitle(words("activity.title"));
  const queue = useQueue();
  return (
    <section className="mx-auto max-w-4xl p-4">
      <ViewTitle className="mb-3">{words("activity.title")}</ViewTitle>
      {queue.isPending ? (
        <Loading>
          <Skeleton lines={6} />
        </Loading>
      ) : null}
      {queue.isError ? <ErrorState error={queue.error} onRetry={() => void queue.refetch()} /> : null}
      {queue.data ? (
        <>
          <Totals queue={queue.data} />
          {queue.data.paused ? <p className="mt-2 text-warn">{words("activity.paused")}</p> : null}
          <QueueList queue={queue.data} />
        </>
      ) : null}
      <RecentChanges />
    </section>
  );
}

function Totals({ queue }: { queue: Queue }) {
  const words = useWords();
  const pause = usePause(queue.paused);
  const retry = useRetry();
  const open = queue.pending + queue.processing;
  const rate = queue.items_per_minute;
  const isMoving = open > 0 && rate > 0 && !queue.paused;
  const totals = words("activity.totals", {
    pending: queue.pending,
    processing: queue.processing,
    failed: queue.failed,
  });
  const spoken = usePaced(totals);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-line bg-surface p-3">
      <p className="flex-1 tabular-nums">
        {totals}
        <span className="block text-13 text-muted">
          {[
            isMoving ? words("activity.rate", { rate: Math.max(1, Math.round(rate)) }) : null,
            isMoving ? words("embedding.left", { time: aboutSeconds((open / rate) * 60) }) : null,
            queue.writing > 0 ? words("activity.writing", { count: queue.writing }) : null,
          ]
            .filter((part) => part !== null)
            .join(" · ")}
        </span>
      </p>
      <p role="status" className="sr-only">
        {spoken}
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
  );
}
