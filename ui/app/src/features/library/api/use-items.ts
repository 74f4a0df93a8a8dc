/** The list in pages of 200 by offset: only the pages in view are asked for, the last fifteen are kept. */
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { api, unwrap } from "@/lib/api";
import type { Item } from "@/lib/items";
import { itemQuery, type LibrarySearch } from "../filters";

export const PAGE = 200;
const KEPT_PAGES = 15;
/** Of a kind: more tags or sites are found by searching. */
const MOST_FACETS = 1_000;
const KEPT_MS = 5 * 60_000;

export interface ItemWindow {
  total: number;
  /** The item at a place; undefined while its page is on the way. */
  at: (index: number) => Item | undefined;
  /** The place of an item among the pages that are here; -1 when it is in none. */
  indexOf: (id: string | null) => number;
  /** The ids from one place to another, both included; pages that are not here are asked for. */
  ids: (from: number, to: number) => Promise<string[]>;
  isPending: boolean;
  error: unknown;
  refetch: () => void;
}

type ItemQuery = ReturnType<typeof itemQuery>;

function pageOptions(query: ItemQuery, page: number) {
  return queryOptions({
    queryKey: ["items", "list", query, page],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/items", { params: { query: { ...query, limit: PAGE, offset: page * PAGE } }, signal }),
      ),
    gcTime: KEPT_MS,
  });
}

/** `also`: the place of an item that stays in the document wherever the list is scrolled to. */
export function useItemWindow(
  search: LibrarySearch,
  trashed: boolean,
  range: { first: number; last: number },
  also: number,
): ItemWindow {
  const queries = useQueryClient();
  const query = itemQuery(search, trashed);
  const from = Math.floor(Math.max(range.first, 0) / PAGE);
  const to = Math.floor(Math.max(range.last, 0) / PAGE);
  const inView = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const alsoPage = Math.floor(Math.max(also, 0) / PAGE);
  const pages = inView.includes(alsoPage) ? inView : [...inView, alsoPage];
  const results = useQueries({
    queries: pages.map((page) => ({ ...pageOptions(query, page), placeholderData: keepPreviousData })),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked after whenever other pages come into view
  useEffect(() => forgetPages(queries), [queries, from, to]);
  const itemsOf = (page: number): Item[] | undefined => {
    const result = results[pages.indexOf(page)];
    return result === undefined || result.isPlaceholderData ? undefined : result.data?.items;
  };
  const here = results.filter((result) => result.data !== undefined);
  const known = here.find((result) => !result.isPlaceholderData) ?? here[0];
  return {
    total: known?.data?.total ?? 0,
    at: (index) => itemsOf(Math.floor(index / PAGE))?.[index % PAGE],
    indexOf: (id) => {
      if (id === null) return -1;
      for (const page of pages) {
        const index = itemsOf(page)?.findIndex((item) => item.id === id) ?? -1;
        if (index !== -1) return page * PAGE + index;
      }
      return -1;
    },
    ids: async (first, last) => {
      const wanted = Array.from(
        { length: Math.floor(last / PAGE) - Math.floor(first / PAGE) + 1 },
        (_, index) => Math.floor(first / PAGE) + index,
      );
      const found = await Promise.all(wanted.map((page) => queries.fetchQuery(pageOptions(query, page))));
      const start = (wanted[0] ?? 0) * PAGE;
      return found
        .flatMap((page) => page.items.map((item) => item.id))
        .slice(first - start, last - start + 1);
    },
    isPending: known === undefined && results.some((result) => result.isPending),
    error: results.find((result) => result.isError)?.error ?? null,
    refetch: () => results.forEach((result) => void result.refetch()),
  };
}

/** Of the pages that nobody shows only the newest stay in memory, however far somebody scrolls. */
function forgetPages(queries: QueryClient): void {
  const cache = queries.getQueryCache();
  cache
    .findAll({ queryKey: ["items", "list"], type: "inactive" })
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .slice(KEPT_PAGES)
    .forEach((query) => {
      cache.remove(query);
    });
}

/** Counts by kind, tag, site, collection and month, within the filters. */
export function useFacets(search: LibrarySearch, trashed: boolean, enabled: boolean) {
  const query = itemQuery(search, trashed);
  return useQuery({
    queryKey: ["facets", query],
    queryFn: async ({ signal }) => {
      const page = await unwrap(
        api.GET("/api/items", {
          params: { query: { ...query, limit: 1, facets: true, facet_limit: MOST_FACETS } },
          signal,
        }),
      );
      return page.facets;
    },
    enabled,
    placeholderData: keepPreviousData,
  });
}

export interface MonthStart {
  /** As `2024-05`. */
  month: string;
  /** Where its items begin in the list. */
  start: number;
}

/**
 * Where each month begins in a list ordered by when items were saved. Counted when the list is shown, not after each
 * event: what came since is newer, and is added where the newest stand.
 */
export function useMonthStarts(search: LibrarySearch, trashed: boolean, total: number): MonthStart[] {
  const query = itemQuery(search, trashed);
  const oldestFirst = query.sort === "created_at";
  const months = useQuery({
    queryKey: ["months", query],
    queryFn: async ({ signal }) => {
      const page = await unwrap(
        api.GET("/api/items", { params: { query: { ...query, limit: 1, facets: true } }, signal }),
      );
      return page.facets?.month ?? [];
    },
    enabled: total > PAGE && (oldestFirst || query.sort === "-created_at"),
    staleTime: 60_000,
  });
  const counted = months.data ?? [];
  const sum = counted.reduce((before, month) => before + month.count, 0);
  const ordered = oldestFirst ? [...counted].reverse() : counted;
  let start = oldestFirst ? 0 : Math.max(0, total - sum);
  return ordered.map((month) => {
    const found = { month: month.value, start };
    start += month.count;
    return found;
  });
}
