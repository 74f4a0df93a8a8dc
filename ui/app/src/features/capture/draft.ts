/** What was typed and not sent: kept in this browser, through closing, reloading and a stop of Cortex. */
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { meaningOf, type Outcome, storeItem } from "@/lib/saving";

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

/** Store what was typed, and begin anew. What is refused comes back, unless something else was begun meanwhile. */
export async function storeDraft(): Promise<Outcome> {
  const draft = useDraft.getState();
  useDraft.setState(EMPTY);
  const outcome = await storeItem({
    ...meaningOf(draft.text),
    tags: draft.tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    note: draft.note || null,
    collection_id: draft.collection,
    local_only: draft.localOnly,
  });
  if (outcome.kind === "refused" && !useDraft.getState().text) useDraft.setState(draft);
  return outcome;
}
