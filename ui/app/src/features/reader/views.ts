import type { ItemDetail } from "./api";
import type { View } from "./search-params";

export type Shown = "reader" | View;

/** The ways in which an item can be shown. */
export function viewsOf(item: Pick<ItemDetail, "media_type">): Shown[] {
  if (item.media_type === "application/pdf") return ["reader", "pdf"];
  return item.media_type === "text/html" ? ["reader", "original"] : ["reader"];
}

/** The one that was asked for, if the item has it. */
export function shownView(views: Shown[], asked: View | undefined): Shown {
  return asked !== undefined && views.includes(asked) ? asked : "reader";
}
