import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useLayoutEffect, useRef } from "react";
import { useWords } from "@/lib/i18n";
import type { Result } from "../api/use-search";
import { ResultRow } from "./result-row";

const ROW = 96;
const AHEAD = 5;

interface ResultListProps {
  /** Of which search these are: another one is shown from its beginning. */
  search: string;
  results: Result[];
  total: number;
  isFetching: boolean;
  focused: number;
  /** The row that the keyboard has to be taken to. */
  wanted: { index: number } | null;
  onFocus: (index: number) => void;
  onOpen: (result: Result) => void;
  /** Show the passage in context; null where it is shown beside the results. */
  onPreview: ((index: number) => void) | null;
  onEnd: () => void;
}

/** Any number of results: only those in view, and the one with the focus, are in the document. */
export const ResultList = memo(function ResultList({
  search,
  results,
  total,
  isFetching,
  focused,
  wanted,
  onFocus,
  onOpen,
  onPreview,
  onEnd,
}: ResultListProps) {
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: results.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => results[index]?.item_id ?? index,
    overscan: 4,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return shown.includes(focused) || focused >= results.length
        ? shown
        : [...shown, focused].sort((a, b) => a - b);
    },
  });
  const came = useRef<typeof wanted>(null);
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (results.length > 0 && last > results.length - AHEAD) onEnd();
  }, [last, results.length, onEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at its first result
  useLayoutEffect(() => {
    if (scroller.current && wanted === came.current) scroller.current.scrollTop = 0;
  }, [search]);
  // A row that was far away is in the document only after the list has scrolled there.
  useLayoutEffect(() => {
    if (wanted === null || wanted === came.current || wanted.index >= results.length) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.index}"] [data-result]`);
    if (!row) return virtual.scrollToIndex(wanted.index);
    came.current = wanted;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto" data-scroller>
      <ul
        aria-label={words("search.found")}
        aria-busy={isFetching}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((place) => {
          const result = results[place.index];
          if (result === undefined) return null;
          return (
            <li
              key={place.key}
              ref={virtual.measureElement}
              data-index={place.index}
              aria-setsize={total}
              aria-posinset={place.index + 1}
              className="absolute inset-x-0"
              style={{ top: place.start }}
            >
              <ResultRow
                result={result}
                index={place.index}
                isFocused={place.index === focused}
                onFocus={onFocus}
                onOpen={onOpen}
                onPreview={onPreview}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
});
