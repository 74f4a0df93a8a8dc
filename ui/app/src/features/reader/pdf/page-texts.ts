/** Which part of an item's text stands on which page, as the clean HTML says it. */
import { codePointIndex, utf16Indices } from "@/lib/codepoints";

export interface PageText {
  page: number;
  /** Code points of the item's text. */
  start: number;
  end: number;
  /** The words themselves. */
  text: string;
}

const SECTION = /<section[^>]*\sdata-page="(\d+)"[^>]*>/g;
const START = /\sdata-start="(\d+)"/;

/** The parts in order; pages without text have none. Thousands of pages are gone through once, not once for each. */
export function pageTexts(html: string, text: string): PageText[] {
  const found = [...html.matchAll(SECTION)].flatMap((section, index, all) => {
    const inside = html.slice(section.index, all[index + 1]?.index);
    const start = START.exec(inside)?.[1];
    return start === undefined ? [] : [{ page: Number(section[1]), start: Number(start) }];
  });
  const indices = utf16Indices(
    text,
    found.map((part) => part.start),
  );
  return found.map((part, index) => {
    const own = text.slice(indices[index], indices[index + 1]);
    return {
      ...part,
      end: found[index + 1]?.start ?? part.start + codePointIndex(own, own.length),
      text: own,
    };
  });
}

/** The page on which a place of the text stands. */
export function pageOf(parts: PageText[], place: number): number | undefined {
  return parts.findLast((part) => part.start <= place)?.page;
}
