/** How much room there is, counted in text: twice the text size is half the room, whoever made it larger. */
import { useSyncExternalStore } from "react";
import { usePreferences } from "./preferences";

/** From how many rem of the window on there is this much room; the style sheet's variants are named after them. */
const ROOMS = [
  ["wider", 87.5],
  ["wide", 75],
  ["medium", 45],
  ["narrow", 0],
] as const;
type Room = (typeof ROOMS)[number][0];

let room: Room | undefined;
const listeners = new Set<() => void>();

/** Measured when it can have changed alone: to ask for it lays the page out. */
function measure(): void {
  const root = document.documentElement;
  const width = innerWidth / Number.parseFloat(getComputedStyle(root).fontSize);
  const found = ROOMS.find(([, least]) => width >= least)?.[0] ?? "narrow";
  if (found === room) return;
  room = found;
  // A query of a container in rem would say the same, but Chromium forgets it when the size of text changes.
  root.dataset.room = found;
  for (const listener of listeners) listener();
}

/** Keep the style sheet's variants true, from now on. */
export function followRoom(): void {
  measure();
  addEventListener("resize", measure);
  usePreferences.subscribe(measure);
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether there is room for what stands beside the view. */
export function useWide(): boolean {
  return useSyncExternalStore(follow, () => room === "wide" || room === "wider");
}
