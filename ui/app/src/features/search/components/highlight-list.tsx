import { useCallback, useMemo, useState } from "react";
import { LongList } from "@/components/long-list";
import { type Command, useCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { ListedHighlight } from "../api/use-highlights";
import { HighlightRow } from "./highlight-row";

const ROW = 92;
const AHEAD = 40;
const keyOf = (highlight: ListedHighlight) => highlight.id;

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

/** The highlights, and the keys that lead through them. */
export function HighlightList({ rows, total, first, input, onEnd, onOpen }: HighlightListProps) {
  const words = useWords();
  const start = Math.max(
    0,
    rows.findIndex((row) => row.id === first),
  );
  const [focused, setFocused] = useState(start);
  const [wanted, setWanted] = useState(first === null ? null : { index: start });
  const focusRow = useCallback(
    (index: number) => {
      const place = Math.max(0, Math.min(index, rows.length - 1));
      setFocused(place);
      setWanted({ index: place });
    },
    [rows.length],
  );
  useListKeys(focused, rows.length, focusRow, input);
  return (
    <LongList
      label={words("highlights.title")}
      rows={rows}
      total={total}
      keyOf={keyOf}
      height={ROW}
      overscan={8}
      focused={focused}
      wanted={wanted}
      ahead={AHEAD}
      onEnd={onEnd}
    >
      {(row, index) => (
        <HighlightRow
          highlight={row}
          place={index}
          isFocused={index === Math.min(focused, rows.length - 1)}
          onFocus={() => setFocused(index)}
          onOpen={() => onOpen(row)}
        />
      )}
    </LongList>
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
