import { type RefObject, useEffect } from "react";
import type { ItemDetail } from "../api";
import { noteProgress } from "../note-progress";

const SETTLED_MS = 1_500;

/** Notes how far somebody has scrolled through the pages: a share, as of the text. */
export function usePageProgress(
  item: ItemDetail,
  scroller: RefObject<HTMLElement | null>,
  isLaidOut: boolean,
): void {
  const { id, read_progress: before } = item;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read before counts once, at the beginning
  useEffect(() => {
    const frame = scroller.current;
    if (frame === null || !isLaidOut) return;
    const note = noteProgress(id, before);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => note(shareSeen(frame)), SETTLED_MS);
    };
    frame.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      frame.removeEventListener("scroll", onScroll);
    };
  }, [id, scroller, isLaidOut]);
}

/** What lies above the view; all of it once the end is seen. */
function shareSeen(frame: HTMLElement): number {
  if (frame.scrollTop + frame.clientHeight >= frame.scrollHeight - 4) return 1;
  return frame.scrollTop / frame.scrollHeight;
}
