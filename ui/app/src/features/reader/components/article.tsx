import { useEffect, useRef, useState } from "react";
import { anchorOf, type Places, placesOf, rangeOf, TextMap } from "@/lib/anchoring";
import { flash, mark, unmark } from "@/lib/marks";
import { useReadingStyle } from "@/lib/reading-style";
import { readableHtml } from "@/lib/sanitize";
import type { Highlight, ItemDetail } from "../api";
import { PageImages } from "../images/page-images";
import { type ImagePlace, placesOfImages } from "../images/places";
import { focusedMark, marksOf, type Surface } from "../surface";

interface ArticleProps {
  item: ItemDetail;
  highlights: Highlight[];
  /** The passage to show, in code points of the text. */
  passage: { start: number; end: number } | null;
  onShown: (surface: Surface, hasPassage: boolean) => void;
}

/** The clean text with its highlights and the passage that somebody came for. */
export function Article({ item, highlights, passage, onShown }: ArticleProps) {
  const root = useRef<HTMLElement>(null);
  const [images, setImages] = useState<ImagePlace[]>([]);
  const came = useRef<typeof passage>(null);
  const { family, size, width, lineHeight } = useReadingStyle();
  const text = item.content_text ?? "";

  useEffect(() => {
    const fragment = readableHtml(item.content_html ?? "");
    setImages(placesOfImages(fragment));
    root.current?.replaceChildren(fragment);
  }, [item.content_html]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new HTML is marked anew
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    const focused = focusedMark(element);
    unmark(element);
    const map = new TextMap(element);
    const found = highlights.map((highlight) => ({
      highlight,
      places: find(map, text, item.content_version, highlight),
    }));
    markAll(element, found);
    const cited = passage === null ? [] : markPassage(element, text, passage);
    if (cited[0] !== undefined && came.current !== passage) {
      came.current = passage;
      arrive(cited);
    }
    if (focused !== null) element.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
    const shown = new TextMap(element);
    onShown(
      {
        root: element,
        anchorOf: (range) => anchorOf(shown, text, range),
        reveal: ({ id }) => {
          const [first] = marksOf(element, id);
          first?.scrollIntoView({ block: "center" });
          first?.focus({ preventScroll: true });
        },
        lost: found.filter(({ places }) => places === null).map(({ highlight }) => highlight),
      },
      cited.length > 0,
    );
  }, [item.content_html, highlights, text, item.content_version, passage]);

  return (
    <>
      <PageImages item={item} places={images} />
      <article
        ref={root}
        lang={item.language ?? undefined}
        dir="auto"
        className={`reading mx-auto ${family === "serif" ? "font-serif" : "font-sans"}`}
        style={{ fontSize: `${size / 16}rem`, lineHeight, maxWidth: `${width}ch` }}
      />
    </>
  );
}

function markPassage(
  root: HTMLElement,
  text: string,
  { start, end }: { start: number; end: number },
): HTMLElement[] {
  const range = rangeOf(new TextMap(root), text, start, end);
  return range === null ? [] : mark(range, { kind: "cited" });
}

/** A third down the view, with the focus, and seen. */
function arrive(marks: HTMLElement[]): void {
  const [first] = marks;
  const scroller = first?.closest("[data-scroller]");
  if (first === undefined || !scroller) return;
  const offset = first.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += offset - scroller.clientHeight / 3;
  first.focus({ preventScroll: true });
  flash(marks);
}

/** By its offsets where the version is the same and the words still are; else by its words alone. */
function find(map: TextMap, text: string, version: number, highlight: Highlight): Places | null {
  const byOffsets =
    version === highlight.content_version ? placesOf(map, text, highlight.start, highlight.end) : null;
  return byOffsets ?? placesOf(map, highlight.quote, 0, [...highlight.quote].length);
}

/** From the last to the first: what a mark splits lies behind everything that is still to be marked. */
function markAll(root: HTMLElement, found: { highlight: Highlight; places: Places | null }[]): void {
  let map = new TextMap(root);
  let marked = Number.POSITIVE_INFINITY;
  const ordered = found.toSorted((a, b) => (b.places?.start ?? 0) - (a.places?.start ?? 0));
  for (const { highlight, places } of ordered) {
    if (places === null) continue;
    if (places.end > marked) map = new TextMap(root);
    const range = map.range(places.start, places.end);
    if (range) mark(range, { kind: "highlight", id: highlight.id, colour: highlight.colour });
    marked = places.start;
  }
}
