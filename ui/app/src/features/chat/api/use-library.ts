/** What chats need to know of the rest: models, items, tags and collections. */
import type { Schemas } from "@cortex/api-client";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";
import type { AskScope } from "../scope";

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

/** Passages that an answer is made from at most, each perhaps of another item. */
export const MOST_ITEMS = 20;

/** Of how many items the text may go to a model elsewhere, and how many are held back, before anything is asked. */
export function useWhatLeaves(scope: AskScope, enabled: boolean) {
  return useQuery({
    queryKey: ["items", "leaving", scope],
    queryFn: async ({ signal }) => {
      const { item_ids: ids, tags, collection_id } = scope;
      if (ids.length > 0) {
        const items = await Promise.all(
          ids.map((id) =>
            unwrap(api.GET("/api/items/{item_id}", { params: { path: { item_id: id } }, signal })),
          ),
        );
        const held = items.filter((item) => item.local_only).length;
        return { allowed: items.length - held, held };
      }
      const count = async (local_only: boolean) => {
        const query = { local_only, limit: 1, ...(tags.length > 0 ? { tag: tags } : {}), collection_id };
        return (await unwrap(api.GET("/api/items", { params: { query }, signal }))).total;
      };
      const [allowed, held] = await Promise.all([count(false), count(true)]);
      return { allowed, held };
    },
    enabled,
    placeholderData: keepPreviousData,
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
