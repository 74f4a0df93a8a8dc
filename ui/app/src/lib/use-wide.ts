import { useSyncExternalStore } from "react";
import { usePreferences } from "./preferences";

/** Of the window, at the browser's usual size of text; larger text needs more of it. */
const WIDE_REM = 75;

function isWide(): boolean {
  return innerWidth >= WIDE_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function subscribe(listener: () => void): () => void {
  addEventListener("resize", listener);
  const unsubscribe = usePreferences.subscribe(listener);
  return () => {
    removeEventListener("resize", listener);
    unsubscribe();
  };
}

/** Whether there is room for what stands beside the view. */
export function useWide(): boolean {
  return useSyncExternalStore(subscribe, isWide);
}
