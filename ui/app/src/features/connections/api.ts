import type { Schemas } from "@cortex/api-client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";

export type Graph = Schemas["GraphShown"];
export type GraphNode = Schemas["NodeShown"];
export const MOST_NODES = 1_500;
const MOST_OF_ONE = 50;

/** The connected items, around one or of the whole library. */
export function useGraph(focus: string | undefined, minScore: number) {
  return useQuery({
    queryKey: ["connections", "graph", focus, minScore],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/connections", {
          params: {
            query: { ...(focus ? { focus } : {}), limit: MOST_NODES, min_score: minScore },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** The two passages that are most alike, of a pair of items; empty where nothing but links, names or tags connects them. */
export function usePassages(source: string, target: string, enabled: boolean) {
  return useQuery({
    queryKey: ["connections", "of", source, "all"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/items/{item_id}/connections", {
          params: { path: { item_id: source }, query: { limit: MOST_OF_ONE } },
          signal,
        }),
      ),
    select: (related) => related.items.find((each) => each.item_id === target)?.passages ?? [],
    enabled,
  });
}
