import type { Schemas } from "@cortex/api-client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";

export type Graph = Schemas["GraphShown"];
export type GraphNode = Schemas["NodeShown"];
export const MOST_NODES = 1_500;

/** The connected items, around one or of the whole library. */
export function useGraph(focus: string | undefined, minScore: number) {
  return useQuery({
    queryKey: ["connections", "graph", focus, minScore],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/connections", {
          params: {
            query: { ...(focus ? { focus } : {}), limit: focus ? 300 : MOST_NODES, min_score: minScore },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
