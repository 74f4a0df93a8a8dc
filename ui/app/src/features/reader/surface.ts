/** Where an item's text is shown, as an article or as pages: what highlights and keys need to know of it. */
import type { Highlight } from "./api";

export interface Anchor {
  start: number;
  end: number;
  quote: string;
  page?: number;
}

export interface Surface {
  root: HTMLElement;
  /** The place in the item's text of what is shown in a range; null where the text does not have it. */
  anchorOf: (range: Range) => Anchor | null;
  /** Bring a highlight into view and give it the focus. */
  reveal: (highlight: Highlight) => void;
  /** Highlights whose words are not shown any more. */
  lost: Highlight[];
  /** Where only some pages are in the document: the text of each, and what leads to it. */
  pages?: {
    texts: { page: number; text: string }[];
    layerOf: (page: number) => HTMLElement | undefined;
    show: (page: number) => void;
    /** To the page after or before the one in view. */
    step: (by: 1 | -1) => void;
    /** Larger or smaller by a step. */
    zoom: (by: 1 | -1) => void;
  };
}

/** What is selected within an element; null when nothing is. */
export function selectedRange(root: HTMLElement): Range | null {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  return root.contains(range.commonAncestorContainer) && range.toString().trim() !== "" ? range : null;
}

/** The highlight that has the focus. */
export function focusedHighlight(): string | undefined {
  const mark = document.activeElement?.closest<HTMLElement>("mark[data-highlight]");
  return mark?.dataset.highlight;
}

/** The mark that has the focus, in words that still name it when it was made anew; null when none has. */
export function focusedMark(root: HTMLElement): string | null {
  const mark = document.activeElement?.closest<HTMLElement>("mark[data-kind]");
  if (!mark || !root.contains(mark)) return null;
  const { highlight } = mark.dataset;
  return highlight === undefined
    ? 'mark[data-kind="cited"]'
    : `mark[data-highlight="${CSS.escape(highlight)}"]`;
}

export function marksOf(root: HTMLElement, id: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(`mark[data-highlight="${CSS.escape(id)}"]`)];
}
