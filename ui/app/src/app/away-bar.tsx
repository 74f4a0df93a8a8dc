import { useEffect, useState, useSyncExternalStore } from "react";
import { connection } from "@/lib/connection";
import { isDesktop } from "@/lib/desktop";
import { useWords } from "@/lib/i18n";

const LONG_S = 30;

/** Says that Cortex does not answer; what is on the screen stays readable. */
export function AwayBar() {
  const words = useWords();
  const state = useSyncExternalStore(connection.subscribe, connection.get);
  const [now, setNow] = useState(Date.now);
  const away = state.status === "away";
  useEffect(() => {
    if (!away) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [away]);
  if (state.status !== "away") return null;
  const seconds = Math.max(0, Math.round((now - state.since) / 1000));
  return (
    <div role="status" className="border-b border-line bg-surface px-4 py-2 text-warn">
      {seconds >= LONG_S
        ? words(isDesktop ? "desktop.away.long" : "state.away.long", { seconds })
        : words("state.away")}
    </div>
  );
}
