import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Segments } from "@/components/ui/segments";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Command, useCommandRegistry, useCommands } from "@/lib/commands";
import { type MessageId, useWords } from "@/lib/i18n";
import { placeOf } from "@/lib/passages";
import { useReadingList } from "@/lib/reading-list";
import { useDebounced } from "@/lib/use-debounced";
import { useDocumentTitle } from "@/lib/use-document-title";
import { type Result, useSearch, useSuggestions } from "../api/use-search";
import { leaveAt, returnTo } from "../left-at";
import { MODES, type Mode } from "../search-params";
import { Preview } from "./preview";
import { QueryHelp } from "./query-help";
import { ResultRow } from "./result-row";
import { SavedSearches, SaveSearch } from "./saved-searches";
import { SearchField } from "./search-field";
import { SearchIn } from "./search-in";

const route = getRouteApi("/search");
const DEBOUNCE_MS = 60;
/** The address follows when the results are on the screen. */
const AFTER_DRAWING_MS = 40;

export function SearchView() {
  const words = useWords();
  const { q = "", mode = "auto" } = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const [focused, setFocused] = useState(0);
  const settled = useDebounced(text, DEBOUNCE_MS);
  const answer = useSearch(settled, mode);
  // Results come first: what is asked for at the same moment would have them wait.
  const suggestions = useSuggestions(settled, answer.isSuccess && !answer.isFetching);
  const results = settled.trim() ? (answer.data?.results ?? []) : [];
  useDocumentTitle(words("search.title"));

  const keepInAddress = useCallback(
    () => navigate({ search: (old) => ({ ...old, q: settled || undefined }), replace: true }),
    [settled, navigate],
  );
  useEffect(() => {
    if (answer.isFetching) return;
    const timer = setTimeout(() => void keepInAddress(), AFTER_DRAWING_MS);
    return () => clearTimeout(timer);
  }, [answer.isFetching, keepInAddress]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins at its first result
  useEffect(() => setFocused(0), [settled, mode]);

  const open = async (result: Result) => {
    leaveAt(settled, result.item_id);
    useReadingList.getState().come(results.map((each) => each.item_id));
    // The way back leads to this query, also when it was typed a moment ago.
    if (settled !== q) await keepInAddress();
    void go({ to: placeOf(result) as string });
  };
  const opening = useRef(open);
  opening.current = open;
  const openResult = useCallback((result: Result) => void opening.current(result), []);
  const focusResult = (index: number) => {
    const wanted = results[Math.min(Math.max(index, 0), results.length - 1)];
    if (wanted) document.querySelector<HTMLElement>(`[data-result="${CSS.escape(wanted.item_id)}"]`)?.focus();
  };
  const [returning] = useState(() => ({ itemId: returnTo(q) }));
  useEffect(() => {
    const index = results.findIndex((result) => result.item_id === returning.itemId);
    if (index === -1) return;
    returning.itemId = null;
    setFocused(index);
    focusResult(index);
  });
  useSearchCommands(focused, focusResult, input);
  const choose = (query: string, how: Mode = mode) => {
    setText(query);
    void navigate({ search: { q: query, ...(how === "auto" ? {} : { mode: how }) }, replace: true });
    input.current?.focus();
  };
  const shown = results[focused];
  return (
    <section className="flex h-full flex-col">
      <h1 className="sr-only">{words("search.title")}</h1>
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <SearchField
          input={input}
          label={words("search.placeholder")}
          text={text}
          onText={setText}
          onLeave={(key) => {
            const [first] = results;
            if (key === "Enter" && first) void open(results[focused] ?? first);
            else focusResult(0);
          }}
        />
        <SearchIn
          place="items"
          onPlace={() =>
            void navigate({ search: { in: "highlights", ...(settled ? { q: settled } : {}) }, replace: true })
          }
        />
        <Segments
          label={words("search.mode")}
          value={mode}
          options={MODES.map((value) => ({ value, label: words(`search.mode.${value}` as MessageId) }))}
          onChange={(value) =>
            void navigate({ search: (old) => ({ ...old, mode: value === "auto" ? undefined : value }) })
          }
        />
        {settled.trim() ? <SaveSearch query={settled} mode={mode} /> : null}
      </header>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1 overflow-auto" data-scroller>
          {settled.trim() === "" ? (
            <>
              <SavedSearches onOpen={choose} />
              <QueryHelp onTry={choose} />
            </>
          ) : (
            <>
              <div role="status" className="flex flex-wrap items-center gap-x-3 px-4 py-2 text-13 text-muted">
                {answer.data ? (
                  <span>
                    {words("search.results", {
                      total: answer.data.total,
                      ms: Math.round(answer.data.took_ms),
                    })}
                  </span>
                ) : null}
                {answer.data?.degraded ? (
                  <span className="text-warn">
                    {answer.data.degraded === "keyword_only"
                      ? words("search.degraded.keyword_only")
                      : words("search.degraded", { reason: answer.data.degraded })}
                  </span>
                ) : null}
                {answer.data?.corrected_query ? (
                  <span>
                    {words("search.didYouMean")}{" "}
                    <Button
                      kind="quiet"
                      className="min-h-6 px-1 text-accent"
                      onPress={() => choose(answer.data.corrected_query ?? "")}
                    >
                      {answer.data.corrected_query}
                    </Button>
                  </span>
                ) : null}
                {suggestions.data?.suggestions
                  .filter((each) => each.type === "tag" || each.type === "term")
                  .slice(0, 4)
                  .map((each) => (
                    <Button
                      key={`${each.type} ${each.text}`}
                      kind="quiet"
                      className="min-h-6 px-1.5 text-12"
                      onPress={() => choose(each.type === "tag" ? `tag:${each.text}` : each.text)}
                    >
                      {each.type === "tag" ? `#${each.text}` : each.text}
                    </Button>
                  ))}
              </div>
              {answer.isError ? (
                <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
              ) : null}
              {answer.data && results.length === 0 ? (
                <Nothing query={settled} mode={mode} onMode={(how) => choose(settled, how)} />
              ) : null}
              <ul aria-busy={answer.isFetching}>
                {results.map((result, index) => (
                  <ResultRow
                    key={result.item_id}
                    result={result}
                    index={index}
                    isFocused={index === focused}
                    onFocus={setFocused}
                    onOpen={openResult}
                  />
                ))}
              </ul>
            </>
          )}
        </div>
        {shown ? (
          <aside
            aria-label={words("search.preview")}
            className="w-96 shrink-0 overflow-auto border-s border-line bg-surface max-wide:hidden"
          >
            <Preview result={shown} />
          </aside>
        ) : null}
      </div>
    </section>
  );
}

function Nothing({ mode, onMode }: { query: string; mode: Mode; onMode: (mode: Mode) => void }) {
  const words = useWords();
  const capture = useCommandRegistry((state) => state.commands.find((command) => command.id === "capture"));
  return (
    <EmptyState
      title={words("search.none.title")}
      action={
        <div className="flex gap-2">
          {mode === "keyword" ? (
            <Button onPress={() => onMode("semantic")}>{words("search.none.words")}</Button>
          ) : null}
          {capture ? <Button onPress={capture.run}>{words("search.none.capture")}</Button> : null}
        </div>
      }
    />
  );
}

function useSearchCommands(
  focused: number,
  focusResult: (index: number) => void,
  input: React.RefObject<HTMLInputElement | null>,
): void {
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "search.next",
        title: "command.search.next",
        keys: ["j", "ArrowDown"],
        group: "search",
        run: () => focusResult(focused + 1),
      },
      {
        id: "search.previous",
        title: "command.search.previous",
        keys: ["k", "ArrowUp"],
        group: "search",
        run: () => (focused === 0 ? input.current?.focus() : focusResult(focused - 1)),
      },
      {
        id: "search.focus",
        title: "command.search.focus",
        keys: ["/"],
        group: "search",
        run: () => input.current?.focus(),
      },
    ],
    [focused, focusResult, input],
  );
  useCommands(commands);
}
