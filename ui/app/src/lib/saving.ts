/** Saving what was typed or pasted. What cannot be sent is kept in this browser and sent later. */
import type { Schemas } from "@cortex/api-client";
import { api, unwrap } from "./api";
import { fromNow } from "./format";
import { t } from "./i18n";
import { asProblem, type Problem } from "./problem";
import { tellProblem, useNotices } from "./undo";
import { keep } from "./unsent";
import { updateCopy } from "./update-copy";

export type NewItem = Schemas["NewItem"];
type Saved = Schemas["SavedItem"];

const ADDRESS = /^https?:\/\/\S+$/i;

/** What a text means: an address alone is a page to be fetched, anything else is a note. */
export function meaningOf(text: string): Pick<NewItem, "url" | "content" | "content_type"> {
  const trimmed = text.trim();
  return ADDRESS.test(trimmed) ? { url: trimmed } : { content: text, content_type: "text/markdown" };
}

/** What became of one thing: stored, kept in this browser until Cortex is back, or refused with the reason. */
export type Outcome =
  | { kind: "saved"; item: Saved; isPage: boolean }
  | { kind: "kept" }
  /** `isKept`: it is kept all the same, as there is no room to show it again. */
  | { kind: "refused"; problem: Problem; isKept?: boolean };

/** Save one thing; while Cortex is away it is kept. */
export async function storeItem(item: NewItem): Promise<Outcome> {
  try {
    return { kind: "saved", item: await postItem(item), isPage: Boolean(item.url) };
  } catch (error) {
    const problem = asProblem(error);
    return problem.isAway && keep(item) ? { kind: "kept" } : { kind: "refused", problem };
  }
}

/** Send one thing; the same `key` stores it once, however often it is sent. Throws `Problem`. */
export function postItem(item: NewItem, key?: string): Promise<Saved> {
  return unwrap(
    api.POST("/api/items", {
      body: { source: "ui", ...item },
      ...(key === undefined ? {} : { params: { header: { "Idempotency-Key": key } } }),
    }),
  );
}

/** What undoes a save; null where nothing was stored anew. */
export function undoOf(saved: Saved): string | null {
  return saved.duplicate && !saved.new_version ? null : (saved.undo_id ?? null);
}

/** Save one thing and say so. */
export async function saveItem(item: NewItem): Promise<void> {
  tellOutcome(await storeItem(item));
}

export function tellOutcome(outcome: Outcome): void {
  if (outcome.kind === "saved") tellSaved(outcome.item, outcome.isPage);
  else if (outcome.kind === "refused" && outcome.isKept)
    useNotices
      .getState()
      .tell(t("capture.typedWaits", { reason: outcome.problem.message }), { tone: "danger" });
  else if (outcome.kind === "refused") tellProblem(outcome.problem);
  else useNotices.getState().tell(t("capture.kept"));
}

/** Say what became of one thing: stored, there already, or a new version of what was there. */
export function tellSaved(saved: Saved, isPage = false): void {
  const { title, id } = saved;
  const isOld = saved.duplicate && !saved.new_version;
  const said = isOld
    ? t("capture.savedBefore", { title, when: fromNow(saved.created_at) })
    : t(saved.new_version ? "capture.newVersion" : "capture.savedTitle", { title });
  const more = isOld && isPage ? { label: t("capture.updateCopy"), run: () => void updateCopy(id) } : null;
  useNotices.getState().tell(said, { undoId: undoOf(saved), itemId: id, more });
}

export function tellRefused(name: string, reason: string): void {
  useNotices.getState().tell(t("capture.refused", { name, reason }), { tone: "danger" });
}
