import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { ItemDetail } from "../api";
import { noteProgress, noteSettled } from "../note-progress";

/** Notes how far somebody has scrolled through the pages: a share, as of the text. */
export function usePageProgress(
  item: ItemDetail,
  scroller: RefObject<HTMLElement | null>,
  isLaidOut: boolean,
): void {
  const { id, read_progress: before } = item;
  const pending = useRef<(() => void) | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read before counts once, at the beginning
  useEffect(() => {
    const frame = scroller.current;
    if (frame === null || !isLaidOut) return;
    const note = noteProgress(id, before);
    return noteSettled(frame, pending, () => note(shareSeen(frame)));
  }, [id, scroller, isLaidOut]);
  // Of layout: it ends while the pages still stand.
  useLayoutEffect(() => () => pending.current?.(), []);
}

/** What lies above the view; all of it once the end is seen. */
function shareSeen(frame: HTMLElement): number {
  if (frame.scrollTop + frame.clientHeight >= frame.scrollHeight - 4) return 1;
  return frame.scrollTop / frame.scrollHeight;
}
