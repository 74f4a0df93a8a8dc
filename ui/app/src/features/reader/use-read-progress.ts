import { type RefObject, useEffect } from "react";
import { api, unwrap } from "@/lib/api";
import type { ItemDetail } from "./api";

const SETTLED_MS = 1_500;
const WORTH_NOTING = 0.02;

/**
 * Notes how far somebody has read, and takes them there again. The place is a share of the text, so that another font
 * keeps it.
 */
export function useReadProgress(
  item: ItemDetail,
  scroller: RefObject<HTMLElement | null>,
  restore: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is restored once for each item
  useEffect(() => {
    const frame = scroller.current;
    if (frame === null) return;
    if (restore && item.read_progress > 0 && item.read_progress < 1) {
      frame.scrollTop = item.read_progress * (frame.scrollHeight - frame.clientHeight);
    }
    let noted = item.read_progress;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = () => {
      const room = frame.scrollHeight - frame.clientHeight;
      const progress = room <= 0 ? 1 : Math.min(1, Math.round((frame.scrollTop / room) * 100) / 100);
      if (Math.abs(progress - noted) < WORTH_NOTING) return;
      noted = progress;
      const params = { path: { item_id: item.id } };
      // Failing costs nothing: the next scroll notes it again.
      unwrap(api.PUT("/api/items/{item_id}", { params, body: { read_progress: progress } })).catch(
        () => undefined,
      );
    };
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(note, SETTLED_MS);
    };
    frame.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      frame.removeEventListener("scroll", onScroll);
    };
  }, [item.id]);
}
