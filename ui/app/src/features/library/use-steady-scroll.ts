/** What is being looked at stays where it is while items come and go above it. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { ItemWindow } from "./api/use-items";

interface Steady {
  scroller: RefObject<HTMLElement | null>;
  window: ItemWindow;
  /** The places in view. */
  range: { first: number; last: number };
  columns: number;
  rowHeight: number;
  /** Names the list: another order or filter begins at the top. */
  list: string;
}

/** How many items have come above what is in view since somebody was at the top. */
export function useSteadyScroll({ scroller, window, range, columns, rowHeight, list }: Steady) {
  const [arrived, setArrived] = useState(0);
  const seen = useRef<{ list: string; items: { id: string; index: number }[] }>({ list, items: [] });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (seen.current.list !== list) {
      element.scrollTop = 0;
      setArrived(0);
    } else if (element.scrollTop > 0) {
      const moved = movedBy(window, seen.current.items);
      const rows = Math.trunc(moved / columns);
      if (rows !== 0) element.scrollTop += rows * rowHeight;
      if (moved !== 0) setArrived((before) => Math.max(0, before + moved));
    }
    const items: { id: string; index: number }[] = [];
    for (let index = range.first; index <= range.last; index += 1) {
      const item = window.at(index);
      if (item) items.push({ id: item.id, index });
    }
    seen.current = { list, items };
  });
  return { arrived, forget: () => setArrived(0) };
}

/** By how many places what was in view has moved, as the first item says that is still there. */
function movedBy(window: ItemWindow, items: { id: string; index: number }[]): number {
  for (const { id, index } of items) {
    if (window.at(index)?.id === id) return 0;
    const now = window.indexOf(id);
    if (now !== -1) return now - index;
  }
  return 0;
}
