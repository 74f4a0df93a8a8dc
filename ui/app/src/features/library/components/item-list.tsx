import { useNavigate } from "@tanstack/react-router";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { ItemDialogs } from "@/components/item-dialogs";
import { Button } from "@/components/ui/button";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { onServerEvent } from "@/lib/events";
import { useWords } from "@/lib/i18n";
import { loadLater, loadWhenAsked } from "@/lib/load-later";
import { usePreferences } from "@/lib/preferences";
import { useReadingList } from "@/lib/reading-list";
import { tellProblem } from "@/lib/undo";
import { useItemWindow, useMonthStarts } from "../api/use-items";
import { bulkFilters, type LibrarySearch } from "../filters";
import { isSelected, selectedCount, useLibrary } from "../store";
import { useFocusedRow } from "../use-focused-row";
import { useListCommands } from "../use-list-commands";
import { useSteadyScroll } from "../use-steady-scroll";
import { ItemCard } from "./item-card";
import { ItemMenu } from "./item-menu";
import { ItemRow } from "./item-row";
import { LibraryHeader } from "./library-header";

const DeleteForGood = loadWhenAsked(async () => (await import("./delete-for-good")).DeleteForGood);
const LibraryEmpty = loadWhenAsked(async () => (await import("./library-empty")).LibraryEmpty);
const MonthScrubber = loadWhenAsked(async () => (await import("./month-scrubber")).MonthScrubber);
const SelectionBar = loadLater(async () => (await import("./selection-bar")).SelectionBar);

/** In rem: rows and cards grow with the text. */
const ROW = { comfortable: 4.5, compact: 2.75 };
const CARD_HEIGHT = 11.75;
const CARD_WIDTH = 16.25;
const FIRST_LOOK = 40;
/** How many items on either side of those in view the reader may go on to. */
const NEAR = 100;

interface ItemListProps {
  title: string;
  search: LibrarySearch;
  trashed: boolean;
  onSearch: (change: { [Name in keyof LibrarySearch]?: LibrarySearch[Name] | undefined }) => void;
}

/** Any number of items: only what is in view is in the document. */
export function ItemList({ title, search, trashed, onSearch }: ItemListProps) {
  const words = useWords();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const density = usePreferences((state) => state.density);
  const { selected, allBut, focused, toggle, select, clear, focus, menu, showMenu, enter, asking } =
    useLibrary();
  const filters = JSON.stringify(bulkFilters(search, trashed));
  // Before anything can be done with it: a selection belongs to the list that it was made in.
  useLayoutEffect(() => enter(filters), [enter, filters]);
  useEffect(
    () =>
      onServerEvent(({ type, data }) => {
        if (type === "item.deleted") useLibrary.getState().forget(String(data.item_id));
      }),
    [],
  );
  const cards = search.view === "cards";
  const rem = useRem();
  const size = Math.round((cards ? CARD_HEIGHT : ROW[density]) * rem);
  const columns = useColumns(scroller, cards ? CARD_WIDTH * rem : null);
  const [range, setRange] = useState({ first: 0, last: FIRST_LOOK });
  const lastFocused = useLibrary((state) => state.focusedIndex);
  const window = useItemWindow(search, trashed, range, lastFocused);
  const focusedIndex = useFocusedRow(window, scroller);
  const focusedRow = Math.floor(focusedIndex / columns);
  const virtual = useVirtualizer({
    count: Math.ceil(window.total / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: 6,
    // The row that has the keyboard is never taken out of the document.
    rangeExtractor: (shown) => {
      const rows = defaultRangeExtractor(shown);
      return rows.includes(focusedRow) || focusedRow >= shown.count ? rows : [focusedRow, ...rows];
    },
    onChange: (instance) => {
      if (instance.scrollOffset === 0) steady.forget();
      const first = (instance.range?.startIndex ?? 0) * columns;
      const last = ((instance.range?.endIndex ?? FIRST_LOOK) + 1) * columns - 1;
      setRange((old) => (old.first === first && old.last === last ? old : { first, last }));
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another size are all measured again
  useEffect(() => virtual.measure(), [virtual, size, columns]);
  const list = JSON.stringify([search, trashed]);
  const steady = useSteadyScroll({ scroller, window, range, columns, rowHeight: size, list });
  const months = useMonthStarts(search, trashed, window.total);

  const open = (id: string) => {
    const near = Array.from({ length: range.last - range.first + 2 * NEAR }, (_, step) =>
      window.at(range.first - NEAR + step),
    );
    useReadingList.getState().come(near.flatMap((item) => (item ? [item.id] : [])));
    void navigate({ to: `/item/${id}` as string });
  };
  const anchor = useLibrary((state) => state.anchor);
  const extend = (index: number) => {
    const [from, to] = [Math.min(anchor ?? index, index), Math.max(anchor ?? index, index)];
    void window.ids(from, to).then(select, tellProblem);
  };
  const scrollTo = (index: number, align: "auto" | "start" = "auto") =>
    virtual.scrollToIndex(Math.floor(index / columns), { align });
  const focusAt = useListCommands({
    window,
    search,
    trashed,
    columns,
    focusedIndex,
    onSearch,
    open,
    scrollTo,
    pageRows: () => Math.floor((scroller.current?.clientHeight ?? size) / size),
  });

  const count = selectedCount({ selected, allBut }, window.total);
  const Shown = cards ? ItemCard : ItemRow;
  return (
    <section className="flex h-full flex-col">
      <LibraryHeader
        title={title}
        search={search}
        trashed={trashed}
        total={window.total}
        onSearch={onSearch}
      />
      {window.error && window.total === 0 ? (
        <ErrorState error={window.error} onRetry={window.refetch} />
      ) : null}
      {window.isPending ? (
        <Loading>
          <Skeleton lines={12} />
        </Loading>
      ) : null}
      {!window.isPending && !window.error && window.total === 0 ? (
        <Suspense>
          <LibraryEmpty search={search} trashed={trashed} onSearch={onSearch} />
        </Suspense>
      ) : null}
      <div className="relative flex min-h-0 flex-1">
        {steady.arrived > 0 ? (
          <Button
            kind="primary"
            icon={ArrowUp}
            className="absolute top-2 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-popover"
            onPress={() => focusAt(0)}
          >
            {words("library.new", { count: steady.arrived })}
          </Button>
        ) : null}
        <div ref={scroller} className="min-h-0 flex-1 overflow-auto [overflow-anchor:none]" data-scroller>
          {/* biome-ignore lint/a11y/useSemanticElements: a virtual grid; a table would need every row in the document */}
          <div
            role="grid"
            aria-label={title}
            aria-rowcount={window.total}
            aria-multiselectable
            className="relative"
            style={{ height: virtual.getTotalSize() }}
          >
            {virtual.getVirtualItems().map((row) => (
              <div
                key={row.key}
                role="presentation"
                className={cards ? "absolute inset-x-0 grid gap-3 px-4 pt-3" : "absolute inset-x-0"}
                style={{
                  top: row.start,
                  height: row.size,
                  gridTemplateColumns: cards ? `repeat(${columns}, minmax(0, 1fr))` : undefined,
                }}
              >
                {Array.from({ length: columns }, (_, column) => row.index * columns + column)
                  .filter((index) => index < window.total)
                  .map((index) => {
                    const item = window.at(index);
                    if (item === undefined) return <Waiting key={index} />;
                    return (
                      <Shown
                        key={item.id}
                        item={item}
                        index={index}
                        isFocused={focused === null ? index === 0 : index === focusedIndex}
                        isSelected={isSelected({ selected, allBut }, item.id)}
                        onToggle={(event) => (event.shiftKey ? extend(index) : toggle(item.id, index))}
                        onOpen={() => open(item.id)}
                        onFocus={() => focus(item.id, index)}
                        onMenu={(place) => {
                          if (!isSelected({ selected, allBut }, item.id)) clear();
                          focus(item.id, index);
                          showMenu({ id: item.id, ...place });
                        }}
                      />
                    );
                  })}
              </div>
            ))}
          </div>
          {window.total > 0 ? (
            <p className="px-4 py-3 text-center text-12 text-muted">
              {words("library.end", { count: window.total })}
            </p>
          ) : null}
        </div>
        {months.length > 1 && window.total > 0 ? (
          // Its room, so that no row changes its width once it is there.
          <Suspense fallback={<div className="w-12 shrink-0 border-s border-line max-medium:hidden" />}>
            <MonthScrubber
              months={months}
              total={window.total}
              index={range.first}
              onJump={(index) => scrollTo(index, "start")}
              onEnter={focusAt}
            />
          </Suspense>
        ) : null}
      </div>
      {count > 0 ? (
        <Suspense>
          <SelectionBar search={search} trashed={trashed} total={window.total} />
        </Suspense>
      ) : null}
      <ItemMenu
        item={menu ? window.at(window.indexOf(menu.id)) : undefined}
        count={menu && isSelected({ selected, allBut }, menu.id) ? count : 1}
      />
      <ItemDialogs />
      <Suspense>{asking === null ? null : <DeleteForGood asking={asking} />}</Suspense>
      <p className="sr-only" role="status">
        {count > 0 ? words("library.selected", { count }) : ""}
      </p>
    </section>
  );
}

function Waiting() {
  return (
    <div className="flex h-full items-center border-b border-line px-4">
      <div aria-hidden className="h-3 w-1/2 rounded-sm bg-line" />
    </div>
  );
}

/** The pixels of a rem: what text is sized by, in the browser's settings and here. */
function useRem(): number {
  const scale = usePreferences((state) => state.textScale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the document follows the preference
  return useMemo(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize), [scale]);
}

/** How many cards of a width fit beside each other; one row is one item in the list, which has no width. */
function useColumns(scroller: React.RefObject<HTMLElement | null>, width: number | null): number {
  const [room, setRoom] = useState(0);
  useEffect(() => {
    if (scroller.current === null) return;
    const observer = new ResizeObserver(([entry]) => setRoom(entry?.contentRect.width ?? 0));
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [scroller]);
  return width === null ? 1 : Math.max(1, Math.floor((room - 20) / width));
}
