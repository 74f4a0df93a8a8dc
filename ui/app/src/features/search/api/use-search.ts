import type { Schemas } from "@cortex/api-client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";
import type { Mode } from "../search-params";

export type Result = Schemas["SearchResultShown"];
export const MOST_RESULTS = 50;

/** Results for a query; an older answer never replaces a newer one, because its request is given up. */
export function useSearch(query: string, mode: Mode) {
  return useQuery({
    queryKey: ["search", "list", query, mode],
    queryFn: ({ signal }) =>
      unwrap(api.POST("/api/search", { body: { query, mode, limit: MOST_RESULTS }, signal })),
    enabled: query.trim() !== "",
    placeholderData: keepPreviousData,
  });
}

export function useSuggestions(query: string, enabled: boolean) {
  return useQuery({
    queryKey: ["search", "suggestions", query],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/search/suggestions", { params: { query: { q: query, limit: 6 } }, signal })),
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
