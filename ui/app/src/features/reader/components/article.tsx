import { useEffect, useRef } from "react";
import { type Places, placesOf, rangeOf, TextMap } from "@/lib/anchoring";
import { t } from "@/lib/i18n";
import { useReadingStyle } from "@/lib/reading-style";
import { cleanHtml } from "@/lib/sanitize";
import type { Highlight, ItemDetail } from "../api";
import { mark, unmark } from "../marks";

interface ArticleProps {
  item: ItemDetail;
  highlights: Highlight[];
  /** The passage to show, in code points of the text. */
  passage: { start: number; end: number } | null;
  onReady: (root: HTMLElement, map: TextMap, lost: Highlight[]) => void;
}

/** The clean text with its highlights and the passage that somebody came for. */
export function Article({ item, highlights, passage, onReady }: ArticleProps) {
  const root = useRef<HTMLElement>(null);
  const { family, size } = useReadingStyle();
  const text = item.content_text ?? "";

  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    element.replaceChildren(harmless(cleanHtml(item.content_html ?? "")));
  }, [item.content_html]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new HTML is marked anew
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    unmark(element);
    const map = new TextMap(element);
    const found = highlights.map((highlight) => ({
      highlight,
      places: find(map, text, item.content_version, highlight),
    }));
    markAll(element, found);
    const lost = found.filter(({ places }) => places === null).map(({ highlight }) => highlight);
    onReady(element, new TextMap(element), lost);
  }, [item.content_html, highlights, text, item.content_version]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is looked for again in new HTML
  useEffect(() => {
    const element = root.current;
    if (element === null || passage === null) return;
    const range = rangeOf(new TextMap(element), text, passage.start, passage.end);
    if (range === null) return;
    const [first] = mark(range, { kind: "cited" });
    if (first === undefined) return;
    first.tabIndex = -1;
    const scroller = element.closest("[data-scroller]");
    if (scroller) {
      const offset = first.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += offset - scroller.clientHeight / 3;
    }
    first.focus({ preventScroll: true });
  }, [passage?.start, passage?.end, item.content_html, highlights]);

  return (
    <article
      ref={root}
      lang={item.language ?? undefined}
      dir="auto"
      className={`reading ${family === "serif" ? "font-serif" : "font-sans"}`}
      style={{ fontSize: `${size / 16}rem` }}
    />
  );
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

/** Images of other hosts become their description: nothing is asked of anybody by reading. */
function harmless(fragment: DocumentFragment): DocumentFragment {
  for (const image of fragment.querySelectorAll("img")) {
    const source = image.getAttribute("src") ?? "";
    if (source.startsWith("/api/")) {
      image.loading = "lazy";
      continue;
    }
    const words = document.createElement("span");
    words.className = "absent-image";
    const host = /^https?:\/\/([^/]+)/.exec(source)?.[1] ?? "";
    words.textContent = t("reader.image", { host, alt: image.alt });
    image.replaceWith(words);
  }
  for (const media of fragment.querySelectorAll("video, audio, source, picture > source")) media.remove();
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  return fragment;
}
