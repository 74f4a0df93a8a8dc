import { create } from "zustand";

interface CloudDraft {
  /** A choice that waits for the name of a cloud model. */
  wanted: "cloud" | "hybrid" | null;
  want: (provider: string | null) => void;
}

export const useCloudDraft = create<CloudDraft>()((set) => ({
  wanted: null,
  want: (provider) => set({ wanted: provider === "cloud" || provider === "hybrid" ? provider : null }),
}));
