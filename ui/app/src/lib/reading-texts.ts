/** What stands in for an image of a text: its words are the interface's, not the text's. */
export const IMAGE = "[data-image]";

/** Walks the text nodes of what is read; not those of what stands in for its images. */
export function readingTexts(root: Node): TreeWalker {
  return document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) =>
    node instanceof Text
      ? NodeFilter.FILTER_ACCEPT
      : node instanceof Element && node.matches(IMAGE)
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_SKIP,
  );
}
