/** The list in pages of 200 by offset: only the pages in view are asked for, the last fifteen are kept. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";
import type { Item } from "@/lib/items";
import { itemQuery, type LibrarySearch } from "../filters";

export const PAGE = 200;
const KEPT_MS = 5 * 60_000;

export interface ItemWindow {
  total: number;
  /** The item at a place; undefined while its page is on the way. */
  at: (index: number) => Item | undefined;
  isPending: boolean;
  error: unknown;
  refetch: () => void;
}

export function useItemWindow(
  search: LibrarySearch,
  trashed: boolean,
  first: number,
  last: number,
): ItemWindow {
  const query = itemQuery(search, trashed);
  const from = Math.floor(Math.max(first, 0) / PAGE);
  const pages = Array.from(
    { length: Math.floor(Math.max(last, 0) / PAGE) - from + 1 },
    (_, index) => from + index,
  );
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["items", "list", query, page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(
          api.GET("/api/items", {
            params: { query: { ...query, limit: PAGE, offset: page * PAGE } },
            signal,
          }),
        ),
      gcTime: KEPT_MS,
      placeholderData: keepPreviousData,
    })),
  });
  const known = results.find((result) => result.data !== undefined);
  return {
    total: known?.data?.total ?? 0,
    at: (index) => {
      const result = results[Math.floor(index / PAGE) - from];
      return result === undefined || result.isPlaceholderData ? undefined : result.data?.items[index % PAGE];
    },
    isPending: known === undefined && results.some((result) => result.isPending),
    error: results.find((result) => result.isError)?.error ?? null,
    refetch: () => results.forEach((result) => void result.refetch()),
  };
}

/** Counts by kind, tag, site, collection and month, within the filters. */
export function useFacets(search: LibrarySearch, trashed: boolean, enabled: boolean) {
  const query = itemQuery(search, trashed);
  return useQuery({
    queryKey: ["facets", query],
    queryFn: async ({ signal }) => {
      const page = await unwrap(
        api.GET("/api/items", { params: { query: { ...query, limit: 1, facets: true } }, signal }),
      );
      return page.facets;
    },
    enabled,
    placeholderData: keepPreviousData,
  });
}
