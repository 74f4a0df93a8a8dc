import { useEffect, useRef } from "react";

/** The element at the bottom of a view that notices must not lie on: they stand above it while it is shown. */
export function useKeptClear<Element extends HTMLElement>() {
  const element = useRef<Element>(null);
  useEffect(() => {
    const { style } = document.documentElement;
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      style.setProperty("--kept-clear", `${Math.ceil(height)}px`);
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      style.removeProperty("--kept-clear");
    };
  }, []);
  return element;
}
