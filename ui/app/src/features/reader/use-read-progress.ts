import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useReadingStyle } from "@/lib/reading-style";
import type { ItemDetail } from "./api";
import { noteProgress, noteSettled } from "./note-progress";
import type { Surface } from "./surface";

const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, blockquote, pre, figure, td, dt, dd";

/**
 * Notes how far somebody has read, and takes them there again. The place is a share of the text, so that another font,
 * another size and another window keep it.
 */
export function useReadProgress(
  item: ItemDetail,
  scroller: RefObject<HTMLElement | null>,
  surface: Surface | null,
  restore: boolean,
): void {
  const { family, size, width, lineHeight } = useReadingStyle();
  /** The block at the top of the view before the last change of the font, and how far above its edge it begins. */
  const top = useRef<{ block: HTMLElement; above: number } | null>(null);
  const root = surface?.root;
  const pending = useRef<(() => void) | null>(null);
  const restored = useRef<string | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is restored once for each item
  useEffect(() => {
    const frame = scroller.current;
    if (!frame || !root) return;
    if (restore && restored.current !== item.id && item.read_progress > 0 && item.read_progress < 1)
      toShare(frame, root, item.read_progress);
    restored.current = item.id;
    const note = noteProgress(item.id, item.read_progress);
    const end = noteSettled(frame, pending, () => {
      if (root.isConnected) note(shareRead(frame, root));
    });
    // Before anything moves: subscribers hear of another font before it is drawn.
    const forget = useReadingStyle.subscribe(() => {
      top.current = topOf(frame, root);
    });
    return () => {
      forget();
      end();
    };
  }, [item.id, root]);
  // Of layout: it ends while what was read still stands.
  useLayoutEffect(() => () => pending.current?.(), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another font moves everything but the place
  useLayoutEffect(() => {
    const frame = scroller.current;
    if (!frame || top.current === null || !top.current.block.isConnected) return;
    const { block, above } = top.current;
    frame.scrollTop += block.getBoundingClientRect().top - frame.getBoundingClientRect().top - above;
  }, [family, size, width, lineHeight]);
}

function topOf(frame: HTMLElement, root: HTMLElement): { block: HTMLElement; above: number } | null {
  const edge = frame.getBoundingClientRect().top;
  const blocks = root.querySelectorAll<HTMLElement>(BLOCKS);
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.getBoundingClientRect().bottom ?? 0) > edge) high = middle;
    else low = middle + 1;
  }
  const block = blocks[low];
  return block ? { block, above: block.getBoundingClientRect().top - edge } : null;
}

/** How much of the text lies above the view; all of it once its end is seen. */
function shareRead(frame: HTMLElement, root: HTMLElement): number {
  if (frame.scrollTop + frame.clientHeight >= frame.scrollHeight - 4) return 1;
  const block = topOf(frame, root)?.block;
  if (block === undefined) return 0;
  const range = document.createRange();
  range.selectNodeContents(root);
  const all = range.toString().length;
  range.setEndBefore(block);
  return all === 0 ? 0 : range.toString().length / all;
}

function toShare(frame: HTMLElement, root: HTMLElement, share: number): void {
  const wanted = share * (root.textContent?.length ?? 0);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    passed += node.data.length;
    if (passed < wanted) continue;
    const block = node.parentElement?.closest<HTMLElement>(BLOCKS) ?? node.parentElement;
    if (block) frame.scrollTop += block.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    return;
  }
}
