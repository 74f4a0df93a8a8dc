import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import type { Queued } from "../api";

/** An item that is not done: why, which try, when the next one is. Its stage stands above it. */
export function QueueRow({ item, onRetry }: { item: Queued; onRetry?: () => void }) {
  const words = useWords();
  const told = [
    item.error?.message ?? null,
    item.attempts > 1 ? words("activity.attempts", { count: item.attempts }) : null,
    item.next_attempt_at && item.status === "waiting"
      ? words("activity.next", { when: fromNow(item.next_attempt_at) })
      : null,
  ].filter((part) => part !== null);
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
        {told.length > 0 ? (
          <p className={`text-12 ${item.error ? "text-danger" : "text-muted"}`}>{told.join(" · ")}</p>
        ) : null}
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
        <Button
          kind="quiet"
          icon={RotateCcw}
          aria-label={words("activity.retry", { title: item.title })}
          onPress={onRetry}
        >
          {words("state.retry")}
        </Button>
      ) : null}
    </li>
  );
}
