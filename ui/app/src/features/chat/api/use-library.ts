/** What chats need to know of the rest: models, items, tags and collections. */
import type { Schemas } from "@cortex/api-client";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";

export type Model = Schemas["OfferedModel"];
const SHOWN = 6;
const RECENT = 8;

/** The models that may be asked, the usual one first. */
export function useModels() {
  return useQuery({
    queryKey: ["ai", "models"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/models", { signal })),
  });
}

function itemQuery(id: string) {
  return {
    queryKey: ["item", "detail", id],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      unwrap(api.GET("/api/items/{item_id}", { params: { path: { item_id: id } }, signal })),
  };
}

export function useItem(id: string) {
  return useQuery(itemQuery(id));
}

/** Titles by id, of those that are known yet. */
export function useTitles(ids: string[]): Record<string, string> {
  const items = useQueries({ queries: ids.map(itemQuery) });
  return Object.fromEntries(items.flatMap(({ data }) => (data ? [[data.id, data.title]] : [])));
}

/** The newest items that can be asked about. */
export function useRecentItems() {
  return useQuery({
    queryKey: ["items", "recent"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items", { params: { query: { status: ["ready"], limit: RECENT } }, signal })),
  });
}

export function useMatchingTags(text: string) {
  return useQuery({
    queryKey: ["tags", "list", text, "scope"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/tags", { params: { query: { ...(text ? { q: text } : {}), limit: SHOWN } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useMatchingItems(text: string) {
  return useQuery({
    queryKey: ["search", "list", text, "scope"],
    queryFn: ({ signal }) => unwrap(api.POST("/api/search", { body: { query: text, limit: SHOWN }, signal })),
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
  });
}
