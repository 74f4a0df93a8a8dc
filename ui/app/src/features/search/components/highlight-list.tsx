import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type Command, useCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { ListedHighlight } from "../api/use-highlights";
import { HighlightRow } from "./highlight-row";

const ROW = 92;
const AHEAD = 40;

interface HighlightListProps {
  rows: ListedHighlight[];
  total: number;
  /** The highlight that has the focus when the list is shown; null for none. */
  first: string | null;
  /** The place that the keyboard comes from, and goes back to before the first row. */
  input: React.RefObject<HTMLInputElement | null>;
  onEnd: () => void;
  onOpen: (highlight: ListedHighlight) => void;
}

/** Any number of highlights: only those in view, and the one with the focus, are in the document. */
export function HighlightList({ rows, total, first, input, onEnd, onOpen }: HighlightListProps) {
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const start = Math.max(
    0,
    rows.findIndex((row) => row.id === first),
  );
  const [focused, setFocused] = useState(start);
  const wanted = useRef<number | null>(first === null ? null : start);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return shown.includes(focused) || focused >= rows.length
        ? shown
        : [...shown, focused].sort((a, b) => a - b);
    },
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last > rows.length - AHEAD) onEnd();
  }, [last, rows.length, onEnd]);
  const focusRow = useMemo(
    () => (index: number) => {
      const place = Math.max(0, Math.min(index, rows.length - 1));
      wanted.current = place;
      setFocused(place);
      virtual.scrollToIndex(place);
    },
    [rows.length, virtual],
  );
  // A row that was far away is in the document only after the list has scrolled there.
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-place="${wanted.current}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });
  useListKeys(focused, rows.length, focusRow, input);
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto" data-scroller>
      <ul
        aria-label={words("highlights.title")}
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
              <HighlightRow
                highlight={row}
                place={place.index}
                isFocused={place.index === Math.min(focused, rows.length - 1)}
                onFocus={() => setFocused(place.index)}
                onOpen={() => onOpen(row)}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function useListKeys(
  focused: number,
  count: number,
  focusRow: (index: number) => void,
  input: React.RefObject<HTMLInputElement | null>,
): void {
  const commands = useMemo<Command[]>(() => {
    const own = (id: string, title: Command["title"], keys: string[], run: () => void): Command => ({
      id: `highlights.${id}`,
      title,
      keys,
      group: "search",
      run,
    });
    return [
      own("next", "command.reader.nextHighlight", ["j", "ArrowDown"], () => {
        // From the field and from the page the list is entered where it was left.
        const isInside = document.activeElement?.closest("[data-place]") !== null;
        focusRow(isInside ? focused + 1 : focused);
      }),
      own("previous", "command.reader.previousHighlight", ["k", "ArrowUp"], () =>
        focused === 0 ? input.current?.focus() : focusRow(focused - 1),
      ),
      own("first", "command.highlights.first", ["Home"], () => focusRow(0)),
      own("last", "command.highlights.last", ["End"], () => focusRow(count - 1)),
    ];
  }, [focused, count, focusRow, input]);
  useCommands(commands);
}
