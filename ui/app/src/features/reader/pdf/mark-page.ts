/** Highlights and the cited passage on one page of a PDF, found by their words: its lines are not the text's. */
import { anchorOf, type Places, placesOf, TextMap, withoutSpace } from "@/lib/anchoring";
import { mark, unmark } from "@/lib/marks";
import type { Highlight } from "../api";
import { type Anchor, focusedMark } from "../surface";
import type { PageText } from "./page-texts";

interface Passage {
  start: number;
  end: number;
}

/** Mark a page anew; gives the marks of the cited passage. */
export function markPage(
  layer: HTMLElement,
  part: PageText | undefined,
  highlights: Highlight[],
  passage: Passage | null,
): HTMLElement[] {
  const focused = focusedMark(layer);
  const cited = markAll(layer, part, highlights, passage);
  if (focused !== null) layer.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
  return cited;
}

function markAll(
  layer: HTMLElement,
  part: PageText | undefined,
  highlights: Highlight[],
  passage: Passage | null,
): HTMLElement[] {
  unmark(layer);
  if (part === undefined) return [];
  for (const highlight of highlights) {
    const range = rangeOn(layer, part, highlight);
    if (range) mark(range, { kind: "highlight", id: highlight.id, colour: highlight.colour });
  }
  const cited = passage === null ? null : rangeOn(layer, part, passage);
  return cited === null ? [] : mark(cited, { kind: "cited" });
}

/** What of a passage stands on the page. */
function rangeOn(layer: HTMLElement, part: PageText, passage: Passage): Range | null {
  const start = Math.max(passage.start, part.start);
  const end = Math.min(passage.end, part.end);
  if (start >= end) return null;
  const map = new TextMap(layer);
  const places: Places | null = placesOf(map, part.text, start - part.start, end - part.start);
  return places === null ? null : map.range(places.start, places.end);
}

/** A selection on a page as a place of the text. */
export function anchorOnPage(layer: HTMLElement, part: PageText | undefined, range: Range): Anchor | null {
  if (part === undefined) return null;
  if (withoutSpace(part.text) === "") return null;
  const anchor = anchorOf(new TextMap(layer), part.text, range);
  if (anchor === null) return null;
  return {
    quote: anchor.quote,
    start: anchor.start + part.start,
    end: anchor.end + part.start,
    page: part.page,
  };
}
