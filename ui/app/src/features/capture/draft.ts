/** What was typed and not sent: kept in this browser, through closing, reloading and a stop of Cortex. */
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { meaningOf, type NewItem, type Outcome, storeItem } from "@/lib/saving";

export interface Draft {
  text: string;
  tags: string;
  note: string;
  /** Null for no collection. */
  collection: string | null;
  localOnly: boolean;
}

const EMPTY: Draft = { text: "", tags: "", note: "", collection: null, localOnly: false };

/** The small window has a draft of its own: it is open beside the large one. */
const KEY = location.pathname === "/capture" ? "cortex-draft-small" : "cortex-draft";

export const useDraft = create<Draft>()(persist(() => EMPTY, { name: KEY, version: 1 }));

// Tabs share one draft: what is written in another one is not written over here.
addEventListener("storage", (event) => {
  if (event.key === KEY) void useDraft.persist.rehydrate();
});

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
  if (outcome.kind === "refused") giveBack(draft);
  return outcome;
}

/** Show what was kept and then refused as the draft again; false while something else is being written. */
export function draftAgain(item: NewItem): boolean {
  return giveBack({
    text: item.url ?? item.content ?? "",
    tags: item.tags?.join(", ") ?? "",
    note: item.note ?? "",
    collection: item.collection_id ?? null,
    localOnly: item.local_only ?? false,
  });
}

function giveBack(draft: Draft): boolean {
  if (useDraft.getState().text) return false;
  useDraft.setState(draft);
  return true;
}
