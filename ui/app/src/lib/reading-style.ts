import { create } from "zustand";
import { persist } from "zustand/middleware";

export const SMALLEST = 14;
export const LARGEST = 28;
/** Of a line, in `ch`. */
export const WIDTHS = [50, 58, 66, 74, 80];
export const LINE_HEIGHTS = [1.4, 1.5, 1.6, 1.7, 1.8];

interface ReadingStyle {
  family: "serif" | "sans";
  /** px at a text scale of 1. */
  size: number;
  width: number;
  lineHeight: number;
  showOutline: boolean;
  showAside: boolean;
  set: (change: Partial<Omit<ReadingStyle, "set" | "resize">>) => void;
  resize: (by: number) => void;
}

/** How articles are set. Kept in this browser. */
export const useReadingStyle = create<ReadingStyle>()(
  persist(
    (set) => ({
      family: "serif",
      size: 18,
      width: 66,
      lineHeight: 1.6,
      showOutline: false,
      showAside: true,
      set: (change) => set(change),
      resize: (by) => set((state) => ({ size: Math.min(LARGEST, Math.max(SMALLEST, state.size + by)) })),
    }),
    { name: "cortex-reading", version: 1 },
  ),
);
