import { useSyncExternalStore } from "react";

const query = matchMedia("(min-width: 1200px)");

/** Whether there is room for what stands beside the view. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => query.matches,
  );
}
