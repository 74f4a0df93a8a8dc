import { useQuery } from "@tanstack/react-query";
import { Circle, CircleOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { api, unwrap } from "@/lib/api";
import { connection } from "@/lib/connection";
import { useWords } from "@/lib/i18n";

/** The foot of the navigation: connection and queue. */
export function Status() {
  const words = useWords();
  const { status } = useSyncExternalStore(connection.subscribe, connection.get);
  const queue = useQuery({
    queryKey: ["queue", "summary"],
    queryFn: () => unwrap(api.GET("/api/processing/queue")),
  });
  const away = status === "away";
  const pending = (queue.data?.pending ?? 0) + (queue.data?.processing ?? 0);
  const Icon = away ? CircleOff : Circle;
  return (
    <div className="flex flex-col gap-1 p-3 text-12 text-muted max-medium:hidden medium:max-wide:items-center">
      <span className="flex items-center gap-1.5" title={words(away ? "nav.away" : "nav.connected")}>
        <Icon size={12} aria-hidden className={away ? "text-warn" : "text-ok"} />
        <span className="medium:max-wide:sr-only">{words(away ? "nav.away" : "nav.connected")}</span>
      </span>
      {queue.data && (pending > 0 || queue.data.paused) ? (
        <span className="medium:max-wide:sr-only">
          {queue.data.paused ? words("nav.paused") : words("nav.queue", { pending })}
        </span>
      ) : null}
    </div>
  );
}
