import type { Schemas } from "@cortex/api-client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";

export type Connection = Schemas["Connection"];
export interface LedgerFilter {
  host: string;
  purpose: string;
}
const PAGE = 200;

function page(filter: LedgerFilter, cursor: string | null, signal?: AbortSignal) {
  const query = {
    limit: PAGE,
    ...(filter.host ? { host: filter.host } : {}),
    ...(filter.purpose ? { purpose: filter.purpose } : {}),
    ...(cursor === null ? {} : { cursor }),
  };
  return unwrap(api.GET("/api/privacy/ledger", { params: { query }, ...(signal ? { signal } : {}) }));
}

/** The connections that left this machine, newest first, as many pages as were scrolled to. */
export function useLedger(filter: LedgerFilter) {
  return useInfiniteQuery({
    queryKey: ["ledger", "list", filter],
    queryFn: ({ pageParam, signal }) => page(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
    staleTime: 0,
  });
}

/** All of them, page by page. */
export async function wholeLedger(filter: LedgerFilter): Promise<Connection[]> {
  const found: Connection[] = [];
  let cursor: string | null = null;
  do {
    const { items, next_cursor }: Schemas["Ledger"] = await page(filter, cursor);
    found.push(...items);
    cursor = next_cursor;
  } while (cursor !== null);
  return found;
}
