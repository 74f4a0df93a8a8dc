/** The row that has the keyboard: kept by its item's id while the list moves under it, its neighbour when it goes. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { ItemWindow } from "./api/use-items";
import { useLibrary } from "./store";

/** `search` names the list: in another one the first row has the keyboard, unless the item is in sight there too. */
export function useFocusedRow(window: ItemWindow, grid: RefObject<HTMLElement | null>): number {
  const focused = useLibrary((state) => state.focused);
  const seen = useLibrary((state) => state.focusedIndex);
  const focus = useLibrary((state) => state.focus);
  const found = focused !== null && window.at(seen)?.id === focused ? seen : window.indexOf(focused);
  const index = found === -1 ? Math.max(0, Math.min(seen, window.total - 1)) : found;
  const id = window.at(index)?.id;
  useEffect(() => {
    if (id !== undefined && (id !== focused || index !== seen)) focus(id, index);
  }, [id, index, focused, seen, focus]);

  const hadFocus = useRef(false);
  useEffect(() => {
    const follow = (event: FocusEvent) => {
      hadFocus.current = grid.current?.contains(event.target as Node) ?? false;
    };
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, [grid]);
  // A row that goes takes the focus with it to nowhere: the one in its place gets it.
  useLayoutEffect(() => {
    if (!hadFocus.current || id === undefined || document.activeElement !== document.body) return;
    grid.current
      ?.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: true });
  });
  return index;
}
