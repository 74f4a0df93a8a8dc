import { useEffect, useRef } from "react";
import { nearest, placesOf, TextMap, withoutSpace } from "@/lib/anchoring";
import { useWords } from "@/lib/i18n";
import { markedParts } from "@/lib/marked";
import { mark } from "@/lib/marks";
import { readableHtml } from "@/lib/sanitize";

/** Characters of the saved copy that are shown before and after the passage, about. */
const AROUND = 2_500;

export interface PassageTextProps {
  html: string;
  text: string;
  language: string | null;
  /** In code points of `text`; null for its beginning. */
  passage: { start: number; end: number } | null;
  /** The best part of the passage, as a search gives it: then this is marked, and the words found in it. */
  snippet?: string;
}

/** A passage of a saved copy, set as the reader sets it, with what stands around it. */
export default function PassageText({ html, text, language, passage, snippet }: PassageTextProps) {
  const words = useWords();
  const root = useRef<HTMLElement>(null);
  const start = passage?.start ?? null;
  const end = passage?.end ?? null;
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const copy = document.createElement("div");
    copy.append(withoutImages(readableHtml(html)));
    const marks = start === null || end === null ? [] : markPassage(copy, text, { start, end }, snippet);
    keepAround(copy, marks);
    element.replaceChildren(...copy.childNodes);
    const scroller = element.closest("[data-scroller], .overflow-auto");
    if (marks[0] === undefined || !scroller) return;
    const offset = marks[0].getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += offset - scroller.clientHeight / 3;
  }, [html, text, start, end, snippet]);
  return (
    <section
      ref={root}
      lang={language ?? undefined}
      dir="auto"
      aria-label={words("reader.text")}
      className="reading max-w-none text-14"
    />
  );
}

/** What is shown of an image here is its description. */
function withoutImages(fragment: DocumentFragment): DocumentFragment {
  for (const image of fragment.querySelectorAll("img")) {
    const host = document.createElement("span");
    host.dataset.image = "";
    host.textContent = image.alt.trim();
    image.replaceWith(host);
  }
  return fragment;
}

function markPassage(
  root: HTMLElement,
  text: string,
  passage: { start: number; end: number },
  snippet: string | undefined,
): HTMLElement[] {
  const map = new TextMap(root);
  const places = placesOf(map, text, passage.start, passage.end);
  if (places === null) return [];
  const parts = snippet === undefined ? [] : partsOf(snippet);
  const wanted = parts.map((part) => part.text).join("");
  const from = nearest(map.visible, wanted, places.start);
  const isInside = from >= places.start && from + wanted.length <= places.end;
  const range = isInside ? map.range(from, from + wanted.length) : map.range(places.start, places.end);
  const marks = range === null ? [] : mark(range, { kind: "cited" });
  if (isInside) markFound(root, from, parts);
  return marks;
}

interface Part {
  text: string;
  isFound: boolean;
}

/** A snippet without white space and without the dots at its ends. */
function partsOf(snippet: string): Part[] {
  return markedParts(snippet.replace(/^… /, "").replace(/ …$/, "")).map(({ text, isMarked }) => ({
    text: withoutSpace(text),
    isFound: isMarked,
  }));
}

/** From the last to the first: what a mark splits lies behind what is still to be marked. */
function markFound(root: HTMLElement, from: number, parts: Part[]): void {
  const map = new TextMap(root);
  let place = from + parts.reduce((sum, part) => sum + part.text.length, 0);
  for (const part of parts.toReversed()) {
    place -= part.text.length;
    const range = part.isFound ? map.range(place, place + part.text.length) : null;
    if (range) mark(range, { kind: "found" });
  }
}

/** Take away what stands far from the marks; without any, what is far from the beginning. */
function keepAround(root: HTMLElement, marks: HTMLElement[]): void {
  const far = (from: Node | null, side: "previousSibling" | "nextSibling") => {
    let left = AROUND;
    for (let node = from; node !== null && node !== root; node = node.parentNode) {
      for (let each = node[side]; each !== null; ) {
        const next = each[side];
        if (left <= 0) each.remove();
        else left -= each.textContent?.length ?? 0;
        each = next;
      }
    }
  };
  const first = marks[0] ?? firstText(root);
  if (marks.length > 0) far(first, "previousSibling");
  far(marks.at(-1) ?? first, "nextSibling");
}

function firstText(root: HTMLElement): Node | null {
  return document.createTreeWalker(root, NodeFilter.SHOW_TEXT).nextNode();
}
