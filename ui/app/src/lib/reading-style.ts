import { create } from "zustand";
import { persist } from "zustand/middleware";

export const SMALLEST = 14;
export const LARGEST = 28;

interface ReadingStyle {
  family: "serif" | "sans";
  /** px at a text scale of 1. */
  size: number;
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
      showOutline: false,
      showAside: true,
      set: (change) => set(change),
      resize: (by) => set((state) => ({ size: Math.min(LARGEST, Math.max(SMALLEST, state.size + by)) })),
    }),
    { name: "cortex-reading", version: 1 },
  ),
);
