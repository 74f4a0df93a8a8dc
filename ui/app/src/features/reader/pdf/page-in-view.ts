/** A page where it is laid out, in px from the top of all pages. */
export interface Laid {
  index: number;
  start: number;
  end: number;
}

/**
 * The page that one looks at, from 1: the first of which half is in view, or which fills half of the view. At either end
 * of the file it is the first or the last one, however short they are.
 */
export function pageInView(pages: Laid[], top: number, height: number, total: number): number {
  const [first, last] = [pages[0], pages.at(-1)];
  if (first === undefined || last === undefined || top <= 0) return 1;
  if (top + height >= total - 1) return last.index + 1;
  const seen = pages.find((page) => {
    const inView = Math.min(page.end, top + height) - Math.max(page.start, top);
    return inView * 2 >= Math.min(page.end - page.start, height);
  });
  return (seen ?? first).index + 1;
}

/** The pages one below the other. */
export function laidOut(heights: number[], gap: number): Laid[] {
  let start = 0;
  return heights.map((height, index) => {
    const page = { index, start, end: start + height };
    start = page.end + gap;
    return page;
  });
}

/** A place on a page: a share of its height, or, negative, how many px below the edge of the view it begins. */
export interface Place {
  page: number;
  down: number;
}

/** The most of the view that may lie above the page that one looks at, when that has changed its size. */
const ABOVE = 0.25;

/** The page in view and where on it the view begins. */
export function placeAt(pages: Laid[], top: number, height: number, total: number): Place {
  const shown = pages.filter(({ start, end }) => end > top && start < top + height);
  const page = pageInView(shown, top, height, total);
  const laid = pages[page - 1];
  if (laid === undefined) return { page, down: 0 };
  const above = top - laid.start;
  return { page, down: above < 0 ? above : above / (laid.end - laid.start) };
}

/** Where the view has to begin to show that place. */
export function topOf(pages: Laid[], { page, down }: Place, height: number): number {
  const laid = pages[page - 1];
  if (laid === undefined) return 0;
  return laid.start + (down < 0 ? Math.max(down, -height * ABOVE) : down * (laid.end - laid.start));
}
