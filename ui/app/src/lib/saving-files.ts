/** Saving files. While Cortex is away they are kept in this browser and sent later. */
import type { Schemas } from "@cortex/api-client";
import { send } from "./api";
import { t } from "./i18n";
import { asProblem, problemOf } from "./problem";
import { type NewItem, tellRefused, tellSaved } from "./saving";
import { useNotices } from "./undo";
import { keepFile } from "./unsent-files";

/** What is said of files while they are saved. */
export type About = Pick<NewItem, "tags" | "note" | "collection_id" | "local_only">;

/** Save files one by one, so that one that is refused keeps back no other; gives whether all are stored or kept. */
export async function saveFiles(files: Iterable<File>, about: About = {}): Promise<boolean> {
  let isAll = true;
  for (const file of files) {
    try {
      isAll = tellUploaded(file.name, await postFile(file, about)) && isAll;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.isAway && (await keepFile(file, about))) {
        useNotices.getState().tell(t("capture.fileKept", { name: file.name }));
      } else {
        isAll = false;
        tellRefused(file.name, problem.isAway ? t("capture.fileNotKept") : problem.message);
      }
    }
  }
  return isAll;
}

/** Send one file; the same `key` stores it once, however often it is sent. Throws `Problem`. */
export async function postFile(file: File, about: About, key?: string): Promise<Schemas["Uploaded"]> {
  const form = new FormData();
  form.append("files", file, file.name);
  for (const tag of about.tags ?? []) form.append("tags", tag);
  if (about.note) form.append("note", about.note);
  if (about.collection_id) form.append("collection_id", about.collection_id);
  if (about.local_only) form.append("local_only", "true");
  const request = new Request("/api/items/upload", {
    method: "POST",
    body: form,
    headers: key === undefined ? {} : { "Idempotency-Key": key },
  });
  const response = await send(request);
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response, answer);
  return answer as Schemas["Uploaded"];
}

/** Say what became of one file; gives whether it was stored. */
export function tellUploaded(name: string, { items, failed }: Schemas["Uploaded"]): boolean {
  for (const saved of items) tellSaved(saved);
  for (const each of failed) tellRefused(each.filename ?? name, each.message);
  return failed.length === 0;
}
