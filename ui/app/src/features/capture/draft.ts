/** What was typed and not sent: kept in this browser, through closing, reloading and a stop of Cortex. */
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { meaningOf, type NewItem, type Outcome, saveItem, storeItem } from "@/lib/saving";
import { type About, saveFiles } from "@/lib/saving-files";
import { keep } from "@/lib/unsent";

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

/**
 * Store what was typed, and begin anew. What is refused comes back into the form; where something else was begun
 * meanwhile, it is kept until there is room for it.
 */
export async function storeDraft(): Promise<Outcome> {
  const draft = useDraft.getState();
  useDraft.setState(EMPTY);
  const item = { ...meaningOf(draft.text), ...aboutOf(draft) };
  const outcome = await storeItem(item);
  if (outcome.kind !== "refused" || giveBack(draft)) return outcome;
  return { ...outcome, isKept: keep(item) };
}

/** What the form says beside its text. */
function aboutOf({ tags, note, collection, localOnly }: Draft): About {
  return {
    tags: tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    note: note || null,
    collection_id: collection,
    local_only: localOnly,
  };
}

let openForms = 0;

/** Let what comes in from now on be saved as the form says; gives the end of it. */
export function openForm(): () => void {
  openForms += 1;
  return () => {
    openForms -= 1;
  };
}

/** Save files as the open form says, which begins anew unless a text in it waits to be saved. */
export async function storeFiles(files: File[]): Promise<void> {
  const draft = useDraft.getState();
  if (openForms === 0) return void (await saveFiles(files));
  const isText = draft.text.trim() !== "";
  if (!isText) useDraft.setState(EMPTY);
  const isStored = await saveFiles(files, aboutOf(draft));
  if (!isStored && !isText) giveBackAbout(draft);
}

/** The same for a link or a text from elsewhere. */
export async function storeText(text: string): Promise<void> {
  await saveItem({ ...meaningOf(text), ...(openForms === 0 ? {} : aboutOf(useDraft.getState())) });
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

/** What was said of files that were refused is there again, where nothing else is said by now. */
function giveBackAbout({ text: _text, ...about }: Draft): void {
  const now = useDraft.getState();
  const isOpen = ([name]: [string, unknown]) => now[name as keyof Draft] === EMPTY[name as keyof Draft];
  useDraft.setState(Object.fromEntries(Object.entries(about).filter(isOpen)));
}

/** False while something else is being written. */
function giveBack(draft: Draft): boolean {
  if (useDraft.getState().text) return false;
  useDraft.setState(draft);
  return true;
}
