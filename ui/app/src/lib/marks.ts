import { readingTexts } from "./reading-texts";

/** Highlights, cited passages and found words as `<mark>` elements around the text, across whatever elements it runs through. */
export type Mark = { kind: "highlight"; id: string; colour: string } | { kind: "cited" } | { kind: "found" };

/** Mark a range; gives the elements, in order. */
export function mark(range: Range, how: Mark): HTMLElement[] {
  const container = range.commonAncestorContainer;
  const root = container.nodeType === Node.TEXT_NODE ? container.parentNode : container;
  if (root === null) return [];
  const walker = readingTexts(root);
  const nodes: Text[] = [];
  for (let node = walker.nextNode() as Text | null; node !== null; node = walker.nextNode() as Text | null) {
    if (range.intersectsNode(node) && node.data.trim() !== "") nodes.push(node);
  }
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const marks = nodes.flatMap((node) => {
    const from = node === startContainer ? startOffset : 0;
    const to = node === endContainer ? endOffset : node.data.length;
    if (to <= from) return [];
    const part = node.splitText(from);
    part.splitText(to - from);
    const element = document.createElement("mark");
    element.dataset.kind = how.kind;
    element.tabIndex = -1;
    if (how.kind === "highlight") {
      element.dataset.highlight = how.id;
      element.dataset.colour = how.colour;
    }
    part.replaceWith(element);
    element.append(part);
    return [element];
  });
  marks[0]?.setAttribute("data-first", "");
  return marks;
}

/** Take all marks out again. */
export function unmark(root: HTMLElement): void {
  for (const element of root.querySelectorAll("mark[data-kind]")) element.replaceWith(...element.childNodes);
  root.normalize();
}

/** Draw the eye once; not where movement is unwanted. */
export function flash(marks: HTMLElement[]): void {
  const isStill =
    document.documentElement.dataset.motion === "reduced" ||
    matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (isStill) return;
  for (const element of marks) element.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: 600 });
}
