/** What was typed and not sent: kept in this browser, through closing, reloading and a stop of Cortex. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export interface Draft {
  text: string;
  tags: string;
  note: string;
  /** Null for no collection. */
  collection: string | null;
  localOnly: boolean;
}

const EMPTY: Draft = { text: "", tags: "", note: "", collection: null, localOnly: false };

export const useDraft = create<Draft>()(persist(() => EMPTY, { name: "cortex-draft", version: 1 }));

export function clearDraft(): void {
  useDraft.setState(EMPTY);
}
