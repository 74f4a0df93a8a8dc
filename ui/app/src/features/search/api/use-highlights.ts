import type { Schemas } from "@cortex/api-client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";
import type { HighlightFilter } from "@/lib/highlights";

export type ListedHighlight = Schemas["HighlightListed"];
const PAGE = 200;

/** The library's highlights, newest first, as many pages as were scrolled to. */
export function useHighlightList(filter: HighlightFilter) {
  return useInfiniteQuery({
    queryKey: ["highlights", "list", "all", filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return unwrap(api.GET("/api/highlights", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
  });
}
