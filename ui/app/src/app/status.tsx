import { Link } from "@tanstack/react-router";
import { Circle, CircleOff, Cloud, Laptop } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useAiSettings, whoAnswers } from "@/lib/ai";
import { connection } from "@/lib/connection";
import { aboutSeconds } from "@/lib/duration";
import { useWords } from "@/lib/i18n";
import { useQueue } from "@/lib/queue";

/** The foot of the navigation: connection, queue with the time left, model and place. */
export function Status() {
  const words = useWords();
  const { status } = useSyncExternalStore(connection.subscribe, connection.get);
  const queue = useQueue();
  const ai = useAiSettings();
  const away = status === "away";
  const pending = (queue.data?.pending ?? 0) + (queue.data?.processing ?? 0);
  const rate = queue.data?.items_per_minute ?? 0;
  const Icon = away ? CircleOff : Circle;
  const Place = ai.data?.in_use[0]?.local === false ? Cloud : Laptop;
  return (
    <div className="flex flex-col gap-1 p-3 text-12 text-muted max-medium:hidden medium:max-wide:items-center">
      {ai.data ? (
        <Link
          to="/settings/models"
          title={whoAnswers(ai.data)}
          className="flex items-start gap-1.5 text-muted no-underline hover:underline"
        >
          <Place size={12} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words medium:max-wide:sr-only">{whoAnswers(ai.data)}</span>
        </Link>
      ) : null}
      <span className="flex items-center gap-1.5" title={words(away ? "nav.away" : "nav.connected")}>
        <Icon size={12} aria-hidden className={away ? "text-warn" : "text-ok"} />
        <span className="medium:max-wide:sr-only">{words(away ? "nav.away" : "nav.connected")}</span>
      </span>
      {queue.data && (pending > 0 || queue.data.paused) ? (
        <span className="medium:max-wide:sr-only">
          {queue.data.paused ? words("nav.paused") : words("nav.queue", { pending })}
          {!queue.data.paused && rate > 0
            ? ` · ${words("embedding.left", { time: aboutSeconds((pending / rate) * 60) })}`
            : ""}
        </span>
      ) : null}
    </div>
  );
}
