import { memo } from "react";
import { LongList } from "@/components/long-list";
import { useWords } from "@/lib/i18n";
import type { Result } from "../api/use-search";
import { ResultRow } from "./result-row";

const ROW = 96;
const AHEAD = 5;
const keyOf = (result: Result) => result.item_id;

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

/** What was found; letters that are typed draw it anew only where there is something else. */
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
  return (
    <LongList
      label={words("search.found")}
      list={search}
      rows={results}
      total={total}
      keyOf={keyOf}
      height={ROW}
      overscan={4}
      focused={focused}
      wanted={wanted}
      isBusy={isFetching}
      ahead={AHEAD}
      onEnd={onEnd}
    >
      {(result, index) => (
        <ResultRow
          result={result}
          index={index}
          isFocused={index === focused}
          onFocus={onFocus}
          onOpen={onOpen}
          onPreview={onPreview}
        />
      )}
    </LongList>
  );
});
