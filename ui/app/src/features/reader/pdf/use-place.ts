import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Laid, type Place, placeAt, topOf } from "./page-in-view";

interface Shown {
  /** The page that one looks at, from 1. */
  now: number;
  /** The same, also before it is drawn. */
  current: RefObject<Place>;
  toPage: (page: number) => void;
}

/**
 * The page that one looks at. It begins at `begin`, and what one looks at stays in view while pages change their size.
 * `pages` is empty as long as nothing can be laid out, and another one whenever they lie elsewhere.
 */
export function usePlace(scroller: RefObject<HTMLElement | null>, pages: Laid[], begin: number): Shown {
  const current = useRef<Place>({ page: begin, down: 0 });
  const [now, setNow] = useState(begin);
  const laid = useRef(pages);
  const across = useRef(0.5);
  const isLaidOut = pages.length > 0;

  // Before anything is painted: the pages and the place change as one.
  useLayoutEffect(() => {
    laid.current = pages;
    const frame = scroller.current;
    if (frame === null || pages.length === 0) return;
    const { page, down } = current.current;
    if (page > 1 || down > 0) frame.scrollTop = topOf(pages, current.current, frame.clientHeight);
    frame.scrollLeft = across.current * frame.scrollWidth - frame.clientWidth / 2;
  }, [pages, scroller]);

  useEffect(() => {
    const frame = scroller.current;
    if (frame === null || !isLaidOut) return;
    const look = () => {
      // Hidden, it has no place.
      if (frame.clientHeight === 0) return;
      current.current = placeAt(laid.current, frame.scrollTop, frame.clientHeight, frame.scrollHeight);
      across.current = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
      setNow(current.current.page);
    };
    frame.addEventListener("scroll", look, { passive: true });
    return () => frame.removeEventListener("scroll", look);
  }, [scroller, isLaidOut]);

  const toPage = useCallback(
    (wanted: number) => {
      const page = Math.min(Math.max(wanted, 1), laid.current.length);
      if (page === 0) return;
      current.current = { page, down: 0 };
      setNow(page);
      const frame = scroller.current;
      if (frame !== null) frame.scrollTop = topOf(laid.current, current.current, frame.clientHeight);
    },
    [scroller],
  );
  return { now, current, toPage };
}
