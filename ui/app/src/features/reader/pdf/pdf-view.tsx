import { useVirtualizer } from "@tanstack/react-virtual";
import type { PDFDocumentProxy } from "pdfjs-dist";
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { flash } from "@/lib/marks";
import { type Highlight, type ItemDetail, useItem } from "../api";
import { marksOf, type Surface } from "../surface";
import { anchorOnPage, markPage } from "./mark-page";
import { openDocument } from "./open-document";
import { PageBar } from "./page-bar";
import { laidOut } from "./page-in-view";
import { pageOf, pageTexts } from "./page-texts";
import { PdfPage } from "./pdf-page";
import { usePageProgress } from "./use-page-progress";
import { usePlace } from "./use-place";

const GAP = 12;
const LARGEST_ZOOM = 4;
const SMALLEST_ZOOM = 0.25;
const STEP = 1.2;
/** Of a page: a share is noted with four digits, and there is room above the first page. */
const ROUNDED = 0.05;

interface PdfViewProps {
  item: ItemDetail;
  highlights: Highlight[];
  passage: { start: number; end: number } | null;
  /** The page to begin at. */
  page: number | undefined;
  scroller: RefObject<HTMLElement | null>;
  onPage: (page: number) => void;
  onShown: (surface: Surface, hasPassage: boolean) => void;
  /** What lies above the pages and scrolls with them. */
  children: ReactNode;
}

/** The pages as they look. Only those in view are drawn. */
export default function PdfView(props: PdfViewProps) {
  const words = useWords();
  const { item } = props;
  const [pdf, setPdf] = useState<PDFDocumentProxy | null>(null);
  const [first, setFirst] = useState({ width: 595, height: 842 });
  const [error, setError] = useState<Error | null>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: opened again when asked
  useEffect(() => {
    const { task, close } = openDocument(item.id, item.content_version);
    let gone = false;
    setError(null);
    const open = async () => {
      const opened = await task.promise;
      const { width, height } = (await opened.getPage(1)).getViewport({ scale: 1 });
      if (gone) return;
      setFirst({ width, height });
      setPdf(opened);
    };
    open().catch(() => !gone && setError(new Error(words("reader.pdf.failed"))));
    return () => {
      gone = true;
      setPdf(null);
      close();
    };
  }, [item.id, item.content_version, tries]);

  // Which page a passage stands on is said by the text. Later pages in the address are those that one turned to.
  const page = useRef(props.page).current;
  const text = useItem(item.id, props.passage !== null && page === undefined);
  if (error) return <ErrorState error={error} onRetry={() => setTries((count) => count + 1)} />;
  if (pdf === null || text.isLoading) {
    return (
      <Loading>
        <Skeleton lines={14} />
      </Loading>
    );
  }
  return <Pages {...props} begin={page} pdf={pdf} first={first} />;
}

interface PagesProps extends PdfViewProps {
  /** The page that was asked for at first; `page` is the one that the address names now. */
  begin: number | undefined;
  pdf: PDFDocumentProxy;
  first: { width: number; height: number };
}

function Pages({
  item,
  highlights,
  passage,
  begin,
  page,
  scroller,
  onPage,
  onShown,
  children,
  pdf,
  first,
}: PagesProps) {
  const words = useWords();
  const root = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState<number | null>(null);
  const room = useWidth(scroller);
  // Before the room is known nothing has its size, and no page can be said to be in view.
  const isLaidOut = room > 0;
  const scale = zoom ?? Math.min(Math.max((room - 2 * GAP) / first.width, SMALLEST_ZOOM), 2);
  const drawn = useRef(scale);
  drawn.current = scale;
  const [sizes, setSizes] = useState<ReadonlyMap<number, { width: number; height: number }>>(new Map());
  const sizeOf = (number: number) => sizes.get(number) ?? first;
  const pages = useMemo(() => {
    const heights = Array.from(
      { length: isLaidOut ? pdf.numPages : 0 },
      (_, index) => (sizes.get(index + 1) ?? first).height * scale,
    );
    return laidOut(heights, GAP);
  }, [pdf, first, sizes, scale, isLaidOut]);
  const virtual = useVirtualizer({
    count: pages.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => sizeOf(index + 1).height * scale + GAP,
    // Another one lets it lay out all pages anew while they are drawn, not only afterwards.
    // biome-ignore lint/correctness/useExhaustiveDependencies: a page is always named by its place
    getItemKey: useCallback((index: number) => index, [pages]),
    overscan: 1,
  });

  const [layers, setLayers] = useState<ReadonlyMap<number, HTMLElement>>(new Map());
  // The text of a long file takes longer than its first page, which does not need it.
  const { data: whole } = useItem(item.id, layers.size > 0);
  const parts = useMemo(
    () => pageTexts(whole?.content_html ?? "", whole?.content_text ?? ""),
    [whole?.content_html, whole?.content_text],
  );
  /** A highlight to give the focus once its page is there. */
  const wanted = useRef<string | null>(null);
  /** The passage that was looked for last, and the one that was come to. */
  const sought = useRef(passage);
  const named = useRef(page);
  named.current = page;
  const came = useRef<typeof passage>(null);

  const start =
    begin ??
    (passage === null ? pageAt(item.read_progress, pdf.numPages) : (pageOf(parts, passage.start) ?? 1));
  const { now, current, toPage } = usePlace(scroller, pages, Math.min(start, pdf.numPages));
  usePageProgress(item, scroller, isLaidOut);

  const surface = useMemo<Omit<Surface, "root">>(() => {
    const layerOf = (node: Node) =>
      (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>("[data-page-number]");
    return {
      anchorOf: (range) => {
        const layer = layerOf(range.startContainer);
        if (!layer || layerOf(range.endContainer) !== layer) return null;
        const number = Number(layer.dataset.pageNumber);
        return anchorOnPage(
          layer,
          parts.find((part) => part.page === number),
          range,
        );
      },
      reveal: (highlight) => {
        const shown = root.current ? marksOf(root.current, highlight.id)[0] : undefined;
        if (shown) {
          shown.scrollIntoView({ block: "center" });
          shown.focus({ preventScroll: true });
          return;
        }
        wanted.current = highlight.id;
        toPage(highlight.page ?? pageOf(parts, highlight.start) ?? 1);
      },
      lost: highlights.filter((highlight) => highlight.content_version !== item.content_version),
    };
  }, [parts, highlights, item.content_version, toPage]);

  useEffect(() => {
    if (passage === sought.current || parts.length === 0) return;
    sought.current = passage;
    // An address that one comes back to names the page that one had turned to.
    toPage(named.current ?? (passage === null ? 1 : (pageOf(parts, passage.start) ?? 1)));
  }, [passage, parts, toPage]);

  useEffect(() => {
    if (root.current === null) return;
    for (const [number, layer] of layers) {
      if (!layer.isConnected) continue;
      const part = parts.find((each) => each.page === number);
      const cited = markPage(layer, part, highlights, passage);
      if (cited.length > 0 && came.current !== passage) {
        came.current = passage;
        cited[0]?.scrollIntoView({ block: "center" });
        cited[0]?.focus({ preventScroll: true });
        flash(cited);
      }
      const asked = wanted.current === null ? undefined : marksOf(layer, wanted.current)[0];
      if (asked) {
        wanted.current = null;
        asked.scrollIntoView({ block: "center" });
        asked.focus({ preventScroll: true });
      }
    }
    const pages = {
      texts: parts,
      layerOf: (number: number) => {
        const layer = layers.get(number);
        return layer?.isConnected ? layer : undefined;
      },
      show: toPage,
      step: (by: 1 | -1) => toPage(current.current.page + by),
      zoom: (by: 1 | -1) => setZoom(zoomed(drawn.current, by)),
    };
    onShown({ root: root.current, ...surface, pages }, true);
  }, [layers, highlights, passage, parts, surface, current, toPage, onShown]);

  const onText = useCallback(
    (number: number, layer: HTMLElement) =>
      setLayers((old) => new Map([...old].filter(([, element]) => element.isConnected)).set(number, layer)),
    [],
  );
  const onSize = useCallback(
    (number: number, width: number, height: number) =>
      setSizes((old) => {
        const known = old.get(number);
        if (known?.width === width && known.height === height) return old;
        return new Map(old).set(number, { width, height });
      }),
    [],
  );

  const shown = virtual.getVirtualItems();
  useEffect(() => {
    if (isLaidOut) onPage(now);
  }, [now, onPage, isLaidOut]);

  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <PageBar
        page={now}
        pages={pdf.numPages}
        zoom={isLaidOut ? scale : null}
        isFitted={zoom === null}
        onPage={toPage}
        onLarger={() => setZoom(zoomed(scale, 1))}
        onSmaller={() => setZoom(zoomed(scale, -1))}
        onFit={() => setZoom(null)}
      />
      <section
        ref={scroller}
        data-scroller
        aria-label={words("reader.view.pdf")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-auto bg-bg pt-3 focus-visible:-outline-offset-2"
      >
        <div ref={root} className="relative" style={{ height: virtual.getTotalSize() }}>
          {shown.map((each) => {
            const number = each.index + 1;
            const { width, height } = sizeOf(number);
            return (
              <section
                key={number}
                aria-label={words("reader.pdf.page", { page: number, pages: pdf.numPages })}
                className="pdf-page absolute bg-[#fff] shadow-popover"
                style={{
                  top: each.start,
                  width: width * scale,
                  height: height * scale,
                  insetInlineStart: Math.max(0, (room - width * scale) / 2),
                }}
              >
                <PdfPage document={pdf} number={number} scale={scale} onSize={onSize} onText={onText} />
              </section>
            );
          })}
        </div>
        {children}
      </section>
    </div>
  );
}

function zoomed(scale: number, by: 1 | -1): number {
  return Math.min(Math.max(scale * STEP ** by, SMALLEST_ZOOM), LARGEST_ZOOM);
}

/** Where somebody goes on who has read this share; what was read to its end begins anew. */
function pageAt(share: number, pages: number): number {
  return share < 1 ? Math.floor(share * pages + ROUNDED) + 1 : 1;
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return;
    setWidth(element.current.clientWidth);
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
