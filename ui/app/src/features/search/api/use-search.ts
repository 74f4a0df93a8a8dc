import type { Schemas } from "@cortex/api-client";
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, unwrap } from "@/lib/api";
import { queryClient } from "@/lib/query";
import type { Mode } from "../search-params";

export type Result = Schemas["SearchResultShown"];
export type SearchAnswer = Schemas["SearchAnswer"];
export type Suggestion = Schemas["SuggestionShown"];
/** What a window shows comes first; the rest as it is scrolled to. */
const FIRST = 20;
const NEXT = 50;
/** How far the API looks. */
const FURTHEST = 10_000;
const NONE: Result[] = [];

function searchOptions(query: string, mode: Mode) {
  return infiniteQueryOptions({
    queryKey: ["search", "list", query, mode],
    queryFn: ({ pageParam: offset, signal }) =>
      unwrap(
        api.POST("/api/search", {
          body: { query, mode, offset, limit: offset === 0 ? FIRST : NEXT },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.results.length, 0);
      return last.results.length > 0 && seen < Math.min(last.total, FURTHEST) ? seen : undefined;
    },
  });
}

/** Ask before anything is drawn anew: drawing and the answer's way then go beside each other. */
export function askAhead(query: string, mode: Mode): void {
  if (query.trim() !== "") void queryClient.prefetchInfiniteQuery(searchOptions(query, mode));
}

/** Results for a query; an older answer never replaces a newer one, because its request is given up. */
export function useSearch(query: string, mode: Mode) {
  const answer = useInfiniteQuery({
    ...searchOptions(query, mode),
    enabled: query.trim() !== "",
    placeholderData: keepPreviousData,
  });
  const pages = query.trim() === "" ? undefined : answer.data?.pages;
  const results = useMemo(() => (pages ? eachOnce(pages.flatMap((page) => page.results)) : NONE), [pages]);
  // What is said to be there and does not come is not there.
  const total = answer.hasNextPage ? (pages?.[0]?.total ?? 0) : results.length;
  return { ...answer, first: pages?.[0], results, total };
}

/** A deeper look may put an item elsewhere; it is shown where it was met first. */
function eachOnce(results: Result[]): Result[] {
  const seen = new Set<string>();
  return results.filter(({ item_id }) => !seen.has(item_id) && seen.add(item_id));
}

/** Counts by kind, tag, site, collection and month of what a search finds; asked for beside the results. */
export function useFacets(query: string, mode: Mode, enabled: boolean) {
  return useQuery({
    queryKey: ["search", "facets", query, mode],
    // From the second result on: only a search from the first one is kept among the latest searches.
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.POST("/api/search", { body: { query, mode, limit: 1, offset: 1, facets: true }, signal }),
        )
      ).facets,
    enabled: enabled && query.trim() !== "",
    placeholderData: keepPreviousData,
  });
}

export function useSuggestions(query: string, enabled: boolean) {
  return useQuery({
    queryKey: ["search", "suggestions", query],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/search/suggestions", { params: { query: { q: query, limit: 12 } }, signal })),
    enabled: enabled && query.trim().length > 1,
    placeholderData: keepPreviousData,
  });
}

export function useSavedSearches() {
  return useQuery({
    queryKey: ["searches", "list"],
    queryFn: () => unwrap(api.GET("/api/searches", { params: { query: { limit: 100 } } })),
  });
}

/** How much there is in the trash that could be meant. */
export function useTrashed(enabled: boolean) {
  return useQuery({
    queryKey: ["items", "trashed"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items", { params: { query: { trashed: true, limit: 1 } }, signal })),
    select: (page) => page.total,
    enabled,
  });
}
