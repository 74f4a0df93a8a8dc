import type { Surface } from "../surface";
import { countIn, Findable } from "./text-search";

export interface Places {
  count: number;
  /** Those that are in the document now. */
  shown: Range[];
  /** One of them; null while its page is not drawn, which `fetch` then asks for. */
  at: (index: number, fetch: boolean) => Range | null;
}

/** Where words stand. Of pages only a few are drawn: the others are counted in the item's text. */
export function placesIn({ root, pages }: Surface, words: string): Places {
  if (pages === undefined) {
    const ranges = new Findable(root).find(words);
    return { count: ranges.length, shown: ranges, at: (index) => ranges[index] ?? null };
  }
  const drawn = new Map(
    pages.texts.flatMap(({ page }) => {
      const layer = pages.layerOf(page);
      return layer === undefined ? [] : [[page, new Findable(layer).find(words)] as const];
    }),
  );
  const counts = pages.texts.map(({ page, text }) => ({
    page,
    count: drawn.get(page)?.length ?? countIn(text, words),
  }));
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    shown: [...drawn.values()].flat(),
    at: (index, fetch) => {
      let before = 0;
      for (const { page, count } of counts) {
        if (index < before + count) {
          if (fetch && !drawn.has(page)) pages.show(page);
          return drawn.get(page)?.[index - before] ?? null;
        }
        before += count;
      }
      return null;
    },
  };
}
