import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";

interface LongListProps<Row> {
  label: string;
  rows: readonly Row[];
  /** How many there are, also of those that have not been asked for. */
  total: number;
  keyOf: (row: Row) => string;
  /** How high a row is about, in px; what it really is is measured. */
  height: number;
  overscan: number;
  /** The row that has the keyboard, which is never taken out of the document; -1 for none. */
  focused?: number;
  /** The row of which the first button has to be given the keyboard, once for each object. */
  wanted?: { index: number } | null;
  /** Which list this is: another one is shown from its beginning. */
  list?: string;
  isBusy?: boolean;
  /** So many rows before the last one `onEnd` asks for more. */
  ahead?: number;
  onEnd?: () => void;
  children: (row: Row, index: number) => ReactNode;
}

/** Any number of rows: only those in view, and the one with the keyboard, are in the document. */
export function LongList<Row>({
  label,
  rows,
  total,
  keyOf,
  height,
  overscan,
  focused = -1,
  wanted = null,
  list = "",
  isBusy = false,
  ahead = 0,
  onEnd,
  children,
}: LongListProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    overscan,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return focused < 0 || focused >= rows.length || shown.includes(focused)
        ? shown
        : [...shown, focused].sort((a, b) => a - b);
    },
  });
  const came = useRef<typeof wanted>(null);
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last > rows.length - ahead) onEnd?.();
  }, [last, rows.length, ahead, onEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its first row
  useLayoutEffect(() => {
    if (scroller.current && wanted === came.current) scroller.current.scrollTop = 0;
  }, [list]);
  // A row that was far away is in the document only after the list has scrolled there.
  useLayoutEffect(() => {
    if (wanted === null || wanted === came.current || wanted.index >= rows.length) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.index}"] button`);
    if (!row) return virtual.scrollToIndex(wanted.index);
    came.current = wanted;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto" data-scroller>
      <ul
        aria-label={label}
        aria-busy={isBusy}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((place) => {
          const row = rows[place.index];
          if (row === undefined) return null;
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
              {children(row, place.index)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
