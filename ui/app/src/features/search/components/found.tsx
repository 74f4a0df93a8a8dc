import { useNavigate } from "@tanstack/react-router";
import { Filter as FilterIcon } from "lucide-react";
import { memo, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { Pane } from "@/components/pane";
import { IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState, Loading } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { placeOf } from "@/lib/passages";
import { useReadingList } from "@/lib/reading-list";
import { useDebounced } from "@/lib/use-debounced";
import { useWide } from "@/lib/use-wide";
import { type Result, useSearch, useSuggestions } from "../api/use-search";
import { leaveAt, returnTo } from "../left-at";
import { type Filter, join } from "../query-filters";
import type { Mode } from "../search-params";
import { useSearchCommands } from "../use-search-commands";
import { Facets } from "./facets";
import { NoResults } from "./no-results";
import { Preview } from "./preview";
import { ResultList } from "./result-list";
import { ResultSkeleton } from "./result-skeleton";
import { ResultStatus } from "./result-status";

/** Facets and the preview wait until nobody types. */
const AFTERWARDS_MS = 200;

/** What the field can ask of the results. */
export interface Results {
  open: () => void;
  enter: () => void;
}

interface FoundProps {
  filters: Filter[];
  words: string;
  mode: Mode;
  input: RefObject<HTMLInputElement | null>;
  results: RefObject<Results | null>;
  onChoose: (query: string, mode?: Mode) => void;
  onToggle: (filters: Filter[]) => void;
  /** The results of this query are on the screen. */
  onShown: (query: string) => void;
  /** Somebody goes from them to an item; resolves once the way back leads to them. */
  onLeaving: (query: string) => Promise<void>;
}

/** What a query finds, what it can be narrowed by, and the passage in context. Letters on their way leave it as it is. */
export const Found = memo(function Found(props: FoundProps) {
  const { filters, words: text, mode, input, onChoose, onToggle, onShown, onLeaving } = props;
  const words = useWords();
  const go = useNavigate();
  const wide = useWide();
  const query = join(filters, text);
  const answer = useSearch(query, mode);
  const { first, results, total, isFetching, isPlaceholderData, hasNextPage } = answer;
  const { fetchNextPage, isFetchingNextPage } = answer;
  const isShown = first !== undefined && !isPlaceholderData;
  // Results come first: what is asked for at the same moment would have them wait.
  const suggestions = useSuggestions(text, isShown && !isFetching);
  const search = `${mode} ${query}`;
  const later = useDebounced(search, AFTERWARDS_MS) === search && isShown;
  const [at, setAt] = useState({ search, index: 0 });
  const focused = at.search === search ? Math.min(at.index, Math.max(0, results.length - 1)) : 0;
  const [areFacetsOpen, setFacetsOpen] = useState(wide);
  const [isSheetOpen, setSheetOpen] = useState(false);
  const [wanted, setWanted] = useState<{ index: number } | null>(null);

  const [returning] = useState(() => ({ itemId: returnTo(query) }));
  if (returning.itemId !== null && isShown) {
    const index = results.findIndex((result) => result.item_id === returning.itemId);
    returning.itemId = null;
    if (index !== -1) {
      setWanted({ index });
      setAt({ search, index });
    }
  }
  useEffect(() => {
    if (!isFetching) onShown(query);
  }, [isFetching, query, onShown]);

  const here = useRef(search);
  here.current = search;
  const onFocus = useCallback((index: number) => setAt({ search: here.current, index }), []);
  const focusRow = (index: number) => {
    if (results.length === 0) return;
    const place = Math.max(0, Math.min(index, results.length - 1));
    setWanted({ index: place });
    setAt({ search, index: place });
  };
  const open = async (result: Result | undefined) => {
    if (result === undefined) return;
    leaveAt(query, result.item_id);
    // The way back leads to this query, also when it was typed a moment ago.
    await onLeaving(query);
    useReadingList.getState().come(results.map((each) => each.item_id));
    void go({ to: placeOf(result) as string });
  };
  const opening = useRef(open);
  opening.current = open;
  const onOpen = useCallback((result: Result) => void opening.current(result), []);
  props.results.current = { open: () => void open(results[focused]), enter: () => focusRow(focused) };
  const onPreview = useCallback((index: number) => {
    setAt((old) => ({ ...old, index }));
    setSheetOpen(true);
  }, []);
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isPlaceholderData, fetchNextPage]);
  const toggleFacets = () => setFacetsOpen(!areFacetsOpen);
  useSearchCommands({
    input,
    focused,
    last: results.length - 1,
    focusRow,
    preview: () => (wide ? undefined : setSheetOpen(true)),
    toggleFacets,
  });

  const shown = results[focused];
  const facets = areFacetsOpen ? (
    <section
      aria-label={words("search.facets")}
      data-pane="facets"
      className="w-52 shrink-0 overflow-auto border-e border-line p-3 max-wide:max-h-[45%] max-wide:w-full max-wide:border-e-0 max-wide:border-b"
    >
      <Facets query={query} mode={mode} enabled={later} filters={filters} onToggle={onToggle} />
    </section>
  ) : null;
  return (
    <div className="flex min-h-0 flex-1 max-wide:flex-col">
      {facets}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ResultStatus
          answer={first}
          total={first && !hasNextPage ? results.length : total}
          isFetching={isFetching && !isFetchingNextPage}
          filters={filters}
          suggestions={suggestions.data?.suggestions ?? []}
          onChoose={onChoose}
        >
          <IconButton
            icon={FilterIcon}
            label={words("search.facets")}
            pressed={areFacetsOpen}
            onPress={toggleFacets}
          />
        </ResultStatus>
        {answer.isError ? <ErrorState error={answer.error} onRetry={() => void answer.refetch()} /> : null}
        {answer.isPending ? (
          <Loading>
            <ResultSkeleton />
          </Loading>
        ) : null}
        {isShown && results.length === 0 ? (
          <NoResults
            filters={filters}
            words={text}
            mode={mode}
            spelling={
              first.corrected_query ??
              suggestions.data?.suggestions.find((each) => each.type === "spelling")?.text
            }
            onChoose={onChoose}
          />
        ) : null}
        {results.length > 0 ? (
          <ResultList
            search={search}
            results={results}
            total={total}
            isFetching={isFetching && !isFetchingNextPage}
            focused={focused}
            wanted={wanted}
            onFocus={onFocus}
            onOpen={onOpen}
            onPreview={wide ? null : onPreview}
            onEnd={onEnd}
          />
        ) : null}
      </div>
      {wide && shown ? (
        <Pane
          as="aside"
          name="search.preview"
          usual={24}
          edge="start"
          aria-label={words("search.preview")}
          className="border-s border-line bg-surface p-4"
          data-scroller
        >
          <LatePreview result={shown} />
        </Pane>
      ) : null}
      <Dialog
        title={words("search.preview")}
        isOpen={isSheetOpen && !wide && shown !== undefined}
        onClose={() => setSheetOpen(false)}
        placement="side"
      >
        {shown ? <Preview result={shown} /> : null}
      </Dialog>
    </div>
  );
});

/** Follows the focused result once it stays: results and keys come first. */
const LatePreview = memo(function LatePreview({ result }: { result: Result }) {
  return <Preview result={useDebounced(result, AFTERWARDS_MS)} />;
});
