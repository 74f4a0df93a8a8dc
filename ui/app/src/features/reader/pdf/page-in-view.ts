/** A page where it is laid out, in px from the top of all pages. */
interface Laid {
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
