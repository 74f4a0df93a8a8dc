import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { ItemDialogs } from "@/components/item-dialogs";
import { Pane } from "@/components/pane";
import { Dialog } from "@/components/ui/dialog";
import { Loading } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { loadLater } from "@/lib/load-later";
import { useReadingStyle } from "@/lib/reading-style";
import { useWide } from "@/lib/use-wide";
import { type Highlight, type ItemDetail, useHighlights } from "../api";
import { FindBar } from "../find/find-bar";
import { useFind } from "../find/use-find";
import { loadPdfView } from "../pdf/load-pdf-view";
import type { ReaderSearch } from "../search-params";
import type { Surface } from "../surface";
import { useHighlighting } from "../use-highlighting";
import { useReadProgress } from "../use-read-progress";
import { useReaderCommands } from "../use-reader-commands";
import { useSheet } from "../use-sheet";
import { shownView, viewsOf } from "../views";
import { Article } from "./article";
import { Aside } from "./aside";
import { OriginalView } from "./original-view";
import { goToHeading, Outline } from "./outline";
import { ReaderHeader } from "./reader-header";
import { ReaderStates } from "./reader-states";
import { SelectionBar } from "./selection-bar";

const PdfView = lazy(loadPdfView);
const HighlightNote = loadLater(async () => (await import("./highlight-note")).HighlightNote);
const NONE: Highlight[] = [];

interface ReadingProps {
  item: ItemDetail;
  search: ReaderSearch;
  onSearch: (change: { [Name in keyof ReaderSearch]?: ReaderSearch[Name] | undefined }) => void;
  onItem: (id: string) => void;
  onBack: (to: string) => void;
}

/** An item, one of the ways that it can be shown, and what stands beside it. */
export function Reading({ item, search, onSearch, onItem, onBack }: ReadingProps) {
  const words = useWords();
  const scroller = useRef<HTMLElement>(null);
  const wide = useWide();
  const { showAside, showOutline, set } = useReadingStyle();
  const { sheet, toggle, close, leave } = useSheet();
  const [surface, setSurface] = useState<Surface | null>(null);
  const [gone, setGone] = useState(false);
  const highlights = useHighlights(item.id);
  const list = highlights.data ?? NONE;
  const views = useMemo(() => viewsOf(item), [item]);
  const view = shownView(views, search.view);
  const passage = useMemo(() => {
    const match = /^(\d+)-(\d+)$/.exec(search.at ?? "");
    return match ? { start: Number(match[1]), end: Number(match[2]) } : null;
  }, [search.at]);
  const onShown = useCallback(
    (shown: Surface, hasPassage: boolean) => {
      setSurface(shown);
      setGone(passage !== null && !hasPassage);
    },
    [passage],
  );
  const toggleAside = useCallback(
    () => (wide ? set({ showAside: !useReadingStyle.getState().showAside }) : toggle("about")),
    [wide, set, toggle],
  );
  const toggleOutline = useCallback(
    () => (wide ? set({ showOutline: !useReadingStyle.getState().showOutline }) : toggle("outline")),
    [wide, set, toggle],
  );
  const asked = useRef(onSearch);
  asked.current = onSearch;
  const isPaged = useRef(false);
  isPaged.current = search.page !== undefined;
  const onPage = useCallback((page: number) => {
    // The first page need not be named, unless another one stood there: without any one goes on where one was.
    asked.current({ page: page === 1 && !isPaged.current ? undefined : page });
  }, []);
  const showView = useCallback((wanted: typeof view) => {
    setSurface(null);
    asked.current({ view: wanted === "reader" ? undefined : wanted, page: undefined });
  }, []);

  const shown = view === "original" ? null : surface;
  const find = useFind(shown);
  const highlighting = useHighlighting(item, list, shown);
  useReadProgress(item, scroller, view === "reader" ? shown : null, passage === null);
  useReaderCommands({
    item,
    views,
    view,
    surface: shown,
    scroller,
    find,
    highlighting,
    toggleAside,
    toggleOutline,
    showView,
    onItem,
    onBack,
  });

  const aside = (
    <Aside
      item={item}
      highlights={list}
      lost={shown?.lost ?? NONE}
      onHighlight={(highlight) => leave(() => shown?.reveal(highlight))}
      highlighting={highlighting}
    />
  );
  const bar = shown ? (
    <SelectionBar
      surface={shown}
      highlights={list}
      scroller={scroller}
      onColour={highlighting.colour}
      onNote={highlighting.openNote}
      onRemove={highlighting.remove}
    />
  ) : null;
  return (
    <section className="flex h-full flex-col">
      <ReaderHeader
        item={item}
        views={views}
        view={view}
        article={view === "reader" ? shown?.root : undefined}
        onView={showView}
        onAside={toggleAside}
        onOutline={toggleOutline}
      />
      {find.isOpen && shown ? (
        <FindBar {...find} onText={find.setText} onStep={find.step} onClose={find.close} />
      ) : null}
      <div className="flex min-h-0 flex-1">
        {wide && showOutline && view === "reader" && shown ? (
          <Pane
            as="nav"
            name="reader.outline"
            usual={14}
            edge="end"
            aria-label={words("reader.outline")}
            className="border-e border-line p-4"
          >
            <Outline root={shown.root} onGo={goToHeading} />
          </Pane>
        ) : null}
        {view === "pdf" ? (
          <Suspense fallback={<Loading />}>
            <PdfView
              item={item}
              highlights={list}
              passage={passage}
              page={search.page}
              scroller={scroller}
              onPage={onPage}
              onShown={onShown}
            >
              {bar}
            </PdfView>
          </Suspense>
        ) : view === "original" ? (
          <div className="min-w-0 flex-1">
            <OriginalView item={item} />
          </div>
        ) : (
          <section
            ref={scroller}
            data-scroller
            aria-label={words("reader.text")}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
            tabIndex={0}
            className="relative min-w-0 flex-1 overflow-auto px-4 py-8 focus-visible:-outline-offset-2"
          >
            <div className="mx-auto max-w-2xl">
              <ReaderStates item={item} isGone={gone} />
            </div>
            {item.content_html ? (
              <Article item={item} highlights={list} passage={passage} onShown={onShown} />
            ) : null}
            {bar}
          </section>
        )}
        {wide && showAside ? (
          <Pane
            as="aside"
            name="reader.about"
            usual={20}
            edge="start"
            aria-label={words("reader.about")}
            className="border-s border-line bg-surface"
          >
            {aside}
          </Pane>
        ) : null}
      </div>
      <Dialog title={words("reader.about")} isOpen={sheet === "about"} onClose={close} placement="side">
        {aside}
      </Dialog>
      <Dialog title={words("reader.outline")} isOpen={sheet === "outline"} onClose={close} placement="side">
        {view === "reader" && shown ? (
          <Outline root={shown.root} onGo={(heading) => leave(() => goToHeading(heading))} />
        ) : null}
      </Dialog>
      <Suspense>
        {highlighting.noted ? (
          <HighlightNote highlight={highlighting.noted} onClose={highlighting.closeNote} />
        ) : null}
      </Suspense>
      <ItemDialogs />
    </section>
  );
}
