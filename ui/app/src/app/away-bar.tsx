import { Copy, RotateCw } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { connection } from "@/lib/connection";
import { desktop, isDesktop } from "@/lib/desktop";
import { timeOfDay } from "@/lib/format";
import { useWords } from "@/lib/i18n";

const LONG_MS = 30_000;
const COMMAND = "cortex serve";

/** Says that Cortex does not answer, and after half a minute what to do; what is on the screen stays readable. */
export function AwayBar() {
  const words = useWords();
  const state = useSyncExternalStore(connection.subscribe, connection.get);
  const since = state.status === "away" ? state.since : null;
  const [longSince, setLongSince] = useState<number | null>(null);
  useEffect(() => {
    if (since === null) return;
    const timer = setTimeout(() => setLongSince(since), since + LONG_MS - Date.now());
    return () => clearTimeout(timer);
  }, [since]);
  const isLong = since !== null && longSince === since;
  return (
    <div
      className={
        since === null
          ? ""
          : "flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line bg-surface px-4 py-2 text-warn"
      }
    >
      {/* Always there and seldom different: screen readers say each change of it. */}
      <p role="status">
        {since === null
          ? ""
          : isLong
            ? words(isDesktop ? "desktop.away.long" : "state.away.long", { when: timeOfDay(since) })
            : words("state.away")}
      </p>
      {isLong && !isDesktop ? <StartCommand /> : null}
      {isLong && isDesktop ? (
        <Button icon={RotateCw} onPress={() => void desktop.restart()}>
          {words("desktop.restart")}
        </Button>
      ) : null}
    </div>
  );
}

function StartCommand() {
  const words = useWords();
  const [isCopied, setCopied] = useState(false);
  return (
    <>
      <code className="rounded-sm border border-line px-1.5 py-0.5 text-text">{COMMAND}</code>
      <Button
        icon={Copy}
        aria-label={words("state.away.copy")}
        onPress={() => void navigator.clipboard.writeText(COMMAND).then(() => setCopied(true))}
      >
        {words(isCopied ? "keys.copied" : "keys.copy")}
      </Button>
    </>
  );
}
