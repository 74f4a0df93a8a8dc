/** Saying what became of files that the desktop app added: of a few each by name, of many their number. */
import type { Added } from "./desktop";
import { t } from "./i18n";
import { tellRefused } from "./saving";
import { useNotices } from "./undo";

/** As many notices as are shown together. */
const FEW = 3;
const NAMED = 3;
const TOPIC = "desktop.added";

export function tellAdding({ done, total }: { done: number; total: number }): void {
  useNotices.getState().tell(t("desktop.adding", { done, total }), { topic: TOPIC });
}

export function tellAdded(items: Added[]): void {
  const saved = items.filter((item) => item.id !== undefined);
  const refused = items.filter((item) => item.id === undefined);
  const { tell } = useNotices.getState();
  if (items.length > FEW) {
    tell(t("desktop.added", { count: saved.length }), { topic: TOPIC });
  } else {
    for (const { id, title, target } of saved)
      tell(t("capture.savedTitle", { title: title ?? target }), { itemId: id ?? null });
  }
  if (refused.length > FEW || items.length > FEW) tellAllRefused(refused);
  else for (const item of refused) tellRefused(nameOf(item), item.message ?? "");
}

/** Their number, and the first of them with the reasons. */
function tellAllRefused(refused: Added[]): void {
  if (refused.length === 0) return;
  const first = refused.slice(0, NAMED).map((item) => `${nameOf(item)}: ${item.message ?? ""}`);
  const more = refused.length - first.length;
  const names = first.join("\n") + (more > 0 ? `\n${t("desktop.refused.more", { count: more })}` : "");
  useNotices.getState().tell(t("desktop.refused", { count: refused.length, names }), { tone: "danger" });
}

const nameOf = ({ target }: Added) => target.split(/[\\/]/).at(-1) ?? target;
