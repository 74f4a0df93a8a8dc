import { useEffect, useRef, useState } from "react";
import { useWords } from "@/lib/i18n";
import type { LiveAnswer } from "../live-answer";

const PAUSE_MS = 2_000;

/** Says how an answer comes along, in whole sentences and not too often; its text is read when one goes there. */
export function Spoken({ live }: { live: LiveAnswer | null }) {
  const words = useWords();
  const pending = live?.toolCalls.find((call) => call.state === "pending");
  const said = (() => {
    switch (live?.phase) {
      case undefined:
        return "";
      case "searching":
        return words("chat.stage.searching");
      case "answering":
      case "streaming":
        return live.notice ?? words("chat.spoken.writing");
      case "approval":
        return words("chat.spoken.approval", { description: pending?.description ?? "" });
      case "lost":
        return words("chat.spoken.lost");
      case "ended":
        if (live.error) return live.error.message;
        return live.message?.status === "cancelled"
          ? words("chat.stopped")
          : words("chat.spoken.done", { count: live.message?.citations.length ?? 0 });
    }
  })();
  return (
    <p role="status" className="sr-only">
      {useSlowed(said)}
    </p>
  );
}

/** The text, changed at most every two seconds, the last change always told. */
function useSlowed(text: string): string {
  const [shown, setShown] = useState(text);
  const last = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, last.current + PAUSE_MS - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setShown(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return shown;
}
