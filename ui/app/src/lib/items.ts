/** Items as every view handles them: what can be done with one or many, shown at once and undone for a day. */
import type { Schemas } from "@cortex/api-client";
import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrapWrite } from "./api";
import { showBulk } from "./bulk-shown";
import type { MessageId } from "./i18n";
import { t } from "./i18n";
import { tellProblem, useNotices } from "./undo";

export type Item = Schemas["ItemShown"];
export type ItemChange = Schemas["ItemChange"];
export type BulkRequest = Schemas["BulkRequest"];
/** The items a bulk action is for. */
export type Target = Pick<BulkRequest, "ids" | "filters" | "except_ids">;
type Page = Schemas["ItemPage"];

/** Change an item wherever it is shown, now; gives what takes back this change, and nothing that came after it. */
export function patchItem(queries: QueryClient, id: string, change: Partial<Item>): () => void {
  let before: Partial<Item> = {};
  const changed = <Shown extends Item>(item: Shown, to: Partial<Item>): Shown => {
    if (item.id !== id) return item;
    if (to === change)
      before = Object.fromEntries(Object.keys(to).map((name) => [name, item[name as keyof Shown]]));
    return { ...item, ...to };
  };
  const patch = (to: Partial<Item>) =>
    queries.setQueriesData<Page | Item | InfiniteData<Page>>({ predicate: isOfItems }, (data) => {
      if (data === undefined) return data;
      if ("items" in data && data.items.some((item) => item.id === id))
        return { ...data, items: data.items.map((item) => changed(item, to)) };
      return "id" in data ? changed(data, to) : data;
    });
  patch(change);
  return () => patch(before);
}

function isOfItems(query: { queryKey: readonly unknown[] }): boolean {
  return query.queryKey[0] === "items" || query.queryKey[0] === "item";
}

/** The part of a change that a shown item can take over as it is. */
function shownPart({ tags, ...change }: ItemChange): Partial<Item> {
  const plain = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return tags ? { ...plain, tags: tags.map((name) => ({ name, by: "user" })) } : plain;
}

/** Change one item: shown at once, taken back with the reason when it fails. `said` names what was done. */
export function useChangeItem() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: ItemChange; said?: MessageId }) =>
      unwrapWrite(api.PUT("/api/items/{item_id}", { params: { path: { item_id: id } }, body: change })),
    onMutate: ({ id, change }) => patchItem(queries, id, shownPart(change)),
    onSuccess: ({ undoId }, { said }) => {
      if (said) useNotices.getState().tell(t(said), { undoId });
    },
    onError: (error, _variables, restore) => {
      restore?.();
      tellProblem(error);
    },
  });
}

/** Do one thing with many items, by ids or by filters: shown at once, taken back with the reason when it fails. */
export function useBulk() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ request }: { request: BulkRequest; said: (done: number) => string }) =>
      unwrapWrite(api.POST("/api/items/bulk", { body: request })),
    onMutate: ({ request }) => showBulk(queries, request),
    onSuccess: ({ data, undoId }, { said }) => {
      const { tell } = useNotices.getState();
      tell(said(data.done), { undoId });
      const [failure] = data.failed;
      if (failure)
        tell(t("items.someFailed", { count: data.failed.length, reason: failure.message }), {
          tone: "danger",
        });
    },
    onError: (error, _variables, restore) => {
      restore?.();
      tellProblem(error);
    },
    onSettled: () =>
      void queries.invalidateQueries({
        predicate: (query) => ["items", "facets", "tags"].includes(String(query.queryKey[0])),
      }),
  });
}
