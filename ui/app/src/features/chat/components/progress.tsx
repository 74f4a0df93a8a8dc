import { useEffect, useState } from "react";
import { useWords } from "@/lib/i18n";
import type { LiveAnswer } from "../live-answer";

const SLOW_S = 3;

/** What happens before there are words, and for how long when it takes its time. */
export function Progress({ live }: { live: LiveAnswer }) {
  const words = useWords();
  const { phase, by, notice } = live;
  const isRunning =
    phase === "searching" || phase === "answering" || (phase === "streaming" && notice !== null);
  const seconds = useElapsed(live.startedAt, isRunning);
  if (!isRunning) return null;
  const model = by?.model ?? words("chat.cortex");
  const stage = (() => {
    if (notice !== null) return notice;
    if (phase === "searching") return words("chat.stage.searching");
    if (live.toolCalls.length > 0) return words("chat.stage.working");
    if (live.thoughts !== "") return words("chat.stage.thinking", { model });
    return words("chat.stage.reading", { model, count: live.citations?.length ?? 0 });
  })();
  return (
    <p className="text-13 text-muted">
      {stage}
      {seconds >= SLOW_S ? (
        <span className="ms-2 tabular-nums">{words("chat.elapsed", { seconds })}</span>
      ) : null}
      {by?.message ? <span className="block">{by.message}</span> : null}
    </p>
  );
}

function useElapsed(since: number, isRunning: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return Math.max(0, Math.round((now - since) / 1000));
}
