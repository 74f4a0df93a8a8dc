import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useExportEntries } from "@/components/highlight-export";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { ViewTitle } from "@/components/ui/view-title";
import { type Command, useCommands } from "@/lib/commands";
import { exportHighlights, type HighlightFilter } from "@/lib/highlights";
import { useWords } from "@/lib/i18n";
import { placeOf } from "@/lib/passages";
import { useReadingList } from "@/lib/reading-list";
import { useDebounced } from "@/lib/use-debounced";
import { useDocumentTitle } from "@/lib/use-document-title";
import { type ListedHighlight, useHighlightList } from "../api/use-highlights";
import { leaveAt, returnTo } from "../left-at";
import { HighlightFilters } from "./highlight-filters";
import { HighlightList } from "./highlight-list";
import { SearchField } from "./search-field";
import { SearchIn } from "./search-in";

const route = getRouteApi("/search");
const DEBOUNCE_MS = 120;

/** All that was highlighted, newest first; what is typed and chosen narrows it down. */
export function HighlightsView() {
  const words = useWords();
  const { q = "", colour, noted } = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(q);
  const settled = useDebounced(text, DEBOUNCE_MS).trim();
  const filter = useMemo<HighlightFilter>(
    () => ({
      ...(settled ? { query: settled } : {}),
      ...(colour ? { colour } : {}),
      ...(noted ? { noted } : {}),
    }),
    [settled, colour, noted],
  );
  const isFiltered = Object.keys(filter).length > 0;
  const list = useHighlightList(filter);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total ?? 0;
  const here = JSON.stringify(["highlights", filter]);
  const [left] = useState(() => returnTo(here));
  const exports = useExportEntries(filter);
  useDocumentTitle(words("highlights.title"));
  useEffect(() => {
    void navigate({ search: (old) => ({ ...old, q: settled || undefined }), replace: true });
  }, [settled, navigate]);
  useHighlightCommands(filter, total, input);

  const open = (highlight: ListedHighlight) => {
    leaveAt(here, highlight.id);
    useReadingList.getState().come([...new Set(rows.map((row) => row.item_id))]);
    const stands = highlight.content_version === highlight.item.content_version;
    void go({
      to: placeOf(stands ? highlight : { ...highlight, start: null, end: null, page: null }) as string,
    });
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const clear = () => {
    setText("");
    void navigate({ search: { in: "highlights" }, replace: true });
    input.current?.focus();
  };
  return (
    <section className="flex h-full flex-col">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        {/* Where there is little room the bar below says where one is. */}
        <ViewTitle className="me-2 max-medium:sr-only">{words("search.title")}</ViewTitle>
        <SearchField
          input={input}
          label={words("highlights.placeholder")}
          text={text}
          onText={setText}
          onLeave={() => document.querySelector<HTMLElement>("[data-place][tabindex='0']")?.focus()}
          isFirst={left === null}
        />
        <SearchIn
          place="highlights"
          onPlace={() => void navigate({ search: settled ? { q: settled } : {}, replace: true })}
        />
        <HighlightFilters
          colours={colour ?? []}
          noted={noted ?? false}
          onChange={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
        />
        <Menu label={words("highlights.export")} entries={exports}>
          <Button icon={Download} isDisabled={total === 0}>
            {words("highlights.export")}
          </Button>
        </Menu>
      </header>
      <p role="status" className="px-4 py-2 text-13 text-muted">
        {list.data ? words("highlights.count", { total }) : ""}
      </p>
      {list.isPending ? (
        <Loading>
          <Skeleton lines={12} />
        </Loading>
      ) : null}
      {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data && total === 0 && isFiltered ? (
        <EmptyState
          title={words("highlights.none")}
          action={<Button onPress={clear}>{words("highlights.none.clear")}</Button>}
        />
      ) : null}
      {list.data && total === 0 && !isFiltered ? (
        <EmptyState
          title={words("highlights.empty")}
          action={<Link to="/library">{words("highlights.empty.library")}</Link>}
        >
          {words("highlights.empty.text")}
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <HighlightList
          key={here}
          rows={rows}
          total={total}
          first={left}
          input={input}
          onEnd={onEnd}
          onOpen={open}
        />
      ) : null}
    </section>
  );
}

function useHighlightCommands(
  filter: HighlightFilter,
  total: number,
  input: React.RefObject<HTMLInputElement | null>,
): void {
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "highlights.focus",
        title: "highlights.placeholder",
        keys: ["/"],
        group: "search",
        run: () => input.current?.focus(),
      },
      ...(total > 0
        ? [
            {
              id: "highlights.export",
              title: "command.highlights.export",
              group: "search",
              run: () => void exportHighlights("markdown", filter),
            } as const,
          ]
        : []),
    ],
    [filter, total, input],
  );
  useCommands(commands);
}
