import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { showBulk } from "@/lib/bulk-shown";
import { type BulkRequest, type Item, patchItem } from "@/lib/items";

const item = (id: string) => ({ id, tags: [], archived: false }) as unknown as Item;
const LIVE = { trashed: false, archived: false, kind: null };
const WIDER = { trashed: false, archived: null, kind: null };

/** Two pages of one list and one of another, and what is left of them after a change. */
function lists() {
  const queries = new QueryClient();
  const pages = { first: ["a", "b"], second: ["c"] };
  queries.setQueryData(["items", "list", LIVE, 0], { items: pages.first.map(item), total: 3 });
  queries.setQueryData(["items", "list", LIVE, 1], { items: pages.second.map(item), total: 3 });
  queries.setQueryData(["items", "list", WIDER, 0], { items: ["a", "b", "c"].map(item), total: 3 });
  const shown = (filters: object, page: number) => {
    const data = queries.getQueryData<{ items: Item[]; total: number }>(["items", "list", filters, page]);
    return { ids: data?.items.map(({ id }) => id), total: data?.total };
  };
  return { queries, shown };
}

test("what is archived leaves the lists of what is not, wherever it is in them", async () => {
  const { queries, shown } = lists();
  const restore = await showBulk(queries, { action: "archive", ids: ["b", "c"] } as BulkRequest);
  expect(shown(LIVE, 0)).toEqual({ ids: ["a"], total: 1 });
  expect(shown(LIVE, 1)).toEqual({ ids: [], total: 1 });
  expect(shown(WIDER, 0)).toEqual({ ids: ["a", "b", "c"], total: 3 });
  restore();
  expect(shown(LIVE, 0)).toEqual({ ids: ["a", "b"], total: 3 });
});

test("all that a list's filters match leaves it but what is left out; of other lists that cannot be told", async () => {
  const { queries, shown } = lists();
  const request: BulkRequest = { action: "delete", filters: LIVE, except_ids: ["b"] };
  await showBulk(queries, request);
  expect(shown(LIVE, 0)).toEqual({ ids: ["b"], total: 1 });
  expect(shown(LIVE, 1)).toEqual({ ids: [], total: 1 });
  expect(shown(WIDER, 0)).toEqual({ ids: ["a", "b", "c"], total: 3 });
});

test("a change that is taken back takes nothing with it that came after it", () => {
  const { queries } = lists();
  const shown = () => queries.getQueryData<{ items: Item[] }>(["items", "list", LIVE, 0])?.items;
  const restore = patchItem(queries, "a", { archived: true });
  expect(shown()).toMatchObject([{ id: "a", archived: true }, { id: "b" }]);
  patchItem(queries, "b", { favourite: true });
  patchItem(queries, "a", { title: "Renamed" });
  restore();
  expect(shown()).toMatchObject([
    { id: "a", archived: false, title: "Renamed" },
    { id: "b", favourite: true },
  ]);
});
