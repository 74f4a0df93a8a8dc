import { getRouteApi } from "@tanstack/react-router";
import { memo, useCallback, useEffect, useRef, useState } from "react";
import { Segments } from "@/components/ui/segments";
import { ViewTitle } from "@/components/ui/view-title";
import { type MessageId, useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";
import { askAhead } from "../api/use-search";
import { type Filter, isSame, join, split, withFilters, withoutFilters } from "../query-filters";
import { MODES, type Mode } from "../search-params";
import { useSettled } from "../use-settled";
import { FilterChips } from "./filter-chips";
import { Found, type Results } from "./found";
import { QueryHelp } from "./query-help";
import { SavedSearches, SaveSearch } from "./saved-searches";
import { SearchField } from "./search-field";
import { SearchIn } from "./search-in";

const route = getRouteApi("/search");
/** The address follows when the results are on the screen. */
const AFTER_DRAWING_MS = 40;

/** Search over everything: what is asked stands in the field, its conditions as chips, all of it in the address. */
export function SearchView() {
  const words = useWords();
  const { q = "", mode = "auto" } = route.useSearch();
  const navigate = route.useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const results = useRef<Results | null>(null);
  const [asked, setAsked] = useState(() => split(q));
  const { filters, words: text } = asked;
  const { settled, settle } = useSettled(asked, (next) => askAhead(join(next.filters, next.words), mode));
  const query = join(settled.filters, settled.words);
  const inAddress = useRef(q);
  useDocumentTitle(words("search.title"));

  const ask = useCallback(
    (next: { filters: Filter[]; words: string }, how: "typed" | "chosen") => {
      setAsked(next);
      settle(next, how === "chosen");
    },
    [settle],
  );
  // An address that did not come from here (the way back, a link) is what is asked from then on.
  useEffect(() => {
    if (q === inAddress.current) return;
    inAddress.current = q;
    ask(split(q), "chosen");
  }, [q, ask]);
  const writing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const write = useCallback(
    (wanted: string) => {
      if (inAddress.current === wanted) return Promise.resolve();
      inAddress.current = wanted;
      return navigate({ search: (old) => ({ ...old, q: wanted || undefined }), replace: true });
    },
    [navigate],
  );
  const onShown = useCallback(
    (wanted: string) => {
      clearTimeout(writing.current);
      writing.current = setTimeout(() => void write(wanted), AFTER_DRAWING_MS);
    },
    [write],
  );
  const onLeaving = useCallback(
    (wanted: string) => {
      clearTimeout(writing.current);
      return write(wanted);
    },
    [write],
  );
  useEffect(() => () => clearTimeout(writing.current), []);
  useEffect(() => {
    if (query === "") onShown("");
  }, [query, onShown]);

  const onChoose = useCallback(
    (wanted: string, how?: Mode) => {
      ask(split(wanted), "chosen");
      if (how !== undefined)
        void navigate({
          search: (old) => ({ ...old, mode: how === "auto" ? undefined : how }),
          replace: true,
        });
      input.current?.focus();
    },
    [ask, navigate],
  );
  const now = useRef(asked);
  now.current = asked;
  const onToggle = useCallback(
    (toggled: Filter[]) => {
      const { filters: old, words: kept } = now.current;
      const all = toggled.every((each) => old.some((filter) => isSame(filter, each)));
      const next = all ? withoutFilters(old, toggled) : withFilters(old, toggled);
      ask({ filters: next, words: kept }, "chosen");
    },
    [ask],
  );
  const onRemove = useCallback(
    (filter: Filter) => {
      onToggle([filter]);
      input.current?.focus();
    },
    [onToggle],
  );
  const onText = (typedText: string) => {
    const { filters: added, words: rest } = split(typedText, true);
    ask({ filters: added.length > 0 ? withFilters(filters, added) : filters, words: rest }, "typed");
  };
  return (
    <section className="flex h-full flex-col">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        {/* Where there is little room the bar below says where one is. */}
        <ViewTitle className="me-2 max-medium:sr-only">{words("search.title")}</ViewTitle>
        <SearchField
          input={input}
          label={words("search.placeholder")}
          text={text}
          onText={onText}
          onBackspace={() => {
            const last = filters.at(-1);
            if (last) onRemove(last);
          }}
          onLeave={(key) => {
            const typedOut = split(text);
            if (key === "Enter" && typedOut.filters.length > 0)
              ask({ filters: withFilters(filters, typedOut.filters), words: typedOut.words }, "chosen");
            else if (key === "Enter") results.current?.open();
            else results.current?.enter();
          }}
        >
          <FilterChips filters={filters} onRemove={onRemove} />
        </SearchField>
        {query ? <SaveSearch query={query} mode={mode} /> : null}
        <Ways mode={mode} query={query} />
      </header>
      {query === "" ? (
        <div className="min-h-0 flex-1 overflow-auto" data-scroller>
          <SavedSearches onOpen={onChoose} />
          <QueryHelp onTry={onChoose} />
        </div>
      ) : (
        <Found
          filters={settled.filters}
          words={settled.words}
          mode={mode}
          input={input}
          results={results}
          onChoose={onChoose}
          onToggle={onToggle}
          onShown={onShown}
          onLeaving={onLeaving}
        />
      )}
    </section>
  );
}

/** Where and how is searched. */
const Ways = memo(function Ways({ mode, query }: { mode: Mode; query: string }) {
  const words = useWords();
  const navigate = route.useNavigate();
  return (
    <>
      <SearchIn
        place="items"
        onPlace={() =>
          void navigate({ search: { in: "highlights", ...(query ? { q: query } : {}) }, replace: true })
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
    </>
  );
});
