import { useSyncExternalStore } from "react";
import { usePreferences } from "./preferences";

const WIDE_REM = 75;

function measured(): boolean {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return document.body.clientWidth >= WIDE_REM * rem;
}

/** Measured when it can have changed alone: to ask for it lays the page out. */
let isWide: boolean | undefined;

function follow(listener: () => void): () => void {
  const measure = () => {
    isWide = measured();
    listener();
  };
  measure();
  const forget = usePreferences.subscribe(measure);
  addEventListener("resize", measure);
  return () => {
    forget();
    removeEventListener("resize", measure);
  };
}

/** Whether there is room for what stands beside the view: in text, as the style sheet's `wide` counts it. */
export function useWide(): boolean {
  return useSyncExternalStore(follow, () => {
    isWide ??= measured();
    return isWide;
  });
}
