/** Saving what was typed, pasted or dropped. What cannot be sent is kept in this browser and sent later. */
import type { Schemas } from "@cortex/api-client";
import { api, send, unwrap } from "./api";
import type { Added } from "./desktop";
import { t } from "./i18n";
import { asProblem, type Problem, problemOf } from "./problem";
import { tellProblem, useNotices } from "./undo";
import { keep } from "./unsent";

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
  | { kind: "saved"; item: Saved }
  | { kind: "kept" }
  | { kind: "refused"; problem: Problem };

/** Save one thing; while Cortex is away it is kept. */
export async function storeItem(item: NewItem): Promise<Outcome> {
  try {
    return { kind: "saved", item: await postItem(item) };
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
  if (outcome.kind === "saved") tellSaved(outcome.item);
  else if (outcome.kind === "refused") tellProblem(outcome.problem);
  else useNotices.getState().tell(t("capture.kept"));
}

/** Upload files one by one, so that one that is refused keeps back no other. */
export async function saveFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) {
    const form = new FormData();
    form.append("files", file);
    try {
      const response = await send(new Request("/api/items/upload", { method: "POST", body: form }));
      const answer: unknown = await response.json();
      if (!response.ok) throw problemOf(response, answer);
      const { items, failed } = answer as Schemas["Uploaded"];
      for (const saved of items) tellSaved(saved);
      for (const each of failed) tellRefused(each.filename ?? file.name, each.message);
    } catch (error) {
      tellRefused(file.name, asProblem(error).message);
    }
  }
}

/** Say what became of files that the desktop app added. */
export function tellAdded(items: Added[]): void {
  for (const { target, id, title, message } of items) {
    if (id === undefined) tellRefused(target.split(/[\\/]/).at(-1) ?? target, message ?? "");
    else useNotices.getState().tell(t("capture.savedTitle", { title: title ?? target }), { itemId: id });
  }
}

export function tellSaved(saved: Saved): void {
  useNotices
    .getState()
    .tell(t("capture.savedTitle", { title: saved.title }), { undoId: undoOf(saved), itemId: saved.id });
}

function tellRefused(name: string, reason: string): void {
  useNotices.getState().tell(t("capture.refused", { name, reason }), { tone: "danger" });
}
