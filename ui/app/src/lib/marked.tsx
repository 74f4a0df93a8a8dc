import { Fragment, type ReactNode } from "react";

const PART = /<mark>|<\/mark>/;
const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#x27;": "'",
  "&#39;": "'",
};

/** A snippet of the API (escaped text with nothing but `<mark>` in it), taken apart. */
export function markedParts(snippet: string): { text: string; isMarked: boolean }[] {
  return snippet.split(PART).map((part, index) => ({
    text: part.replace(/&(?:lt|gt|amp|quot|#x27|#39);/g, (entity) => ENTITIES[entity] ?? entity),
    isMarked: index % 2 === 1,
  }));
}

/** The same as elements: it never becomes HTML. */
export function marked(snippet: string): ReactNode {
  return markedParts(snippet).map(({ text, isMarked }, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name
    isMarked ? <mark key={index}>{text}</mark> : <Fragment key={index}>{text}</Fragment>,
  );
}
