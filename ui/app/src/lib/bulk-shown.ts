/** What a bulk action does to the lists that are shown, before the server has answered. */
import type { Schemas } from "@cortex/api-client";
import type { QueryClient } from "@tanstack/react-query";
import type { BulkRequest, Item } from "./items";

type Page = Schemas["ItemPage"];
type Filters = Record<string, unknown>;

/** Change all that is shown of the items; gives what restores it. Pages that are on their way are asked for again. */
export async function showBulk(queries: QueryClient, request: BulkRequest): Promise<() => void> {
  await queries.cancelQueries({ queryKey: ["items", "list"] });
  const before = queries.getQueriesData<Page>({ queryKey: ["items", "list"] });
  const lists = new Map<string, Set<string>>();
  for (const [key, page] of before) {
    const filters = key[2] as Filters;
    const isMeant = meaning(request, filters);
    if (page === undefined || isMeant === null) continue;
    const leaves = leavesList(request, filters);
    if (leaves) {
      const gone = lists.get(JSON.stringify(filters)) ?? new Set();
      for (const item of page.items) if (isMeant(item)) gone.add(item.id);
      lists.set(JSON.stringify(filters), gone);
    }
    const items = leaves
      ? page.items.filter((item) => !isMeant(item))
      : page.items.map((item) => (isMeant(item) ? changed(item, request) : item));
    queries.setQueryData(key, { ...page, items });
  }
  for (const [key, page] of before) {
    const gone = lists.get(JSON.stringify(key[2]));
    if (page === undefined || gone === undefined) continue;
    const total = request.filters ? (request.except_ids?.length ?? 0) : page.total - gone.size;
    queries.setQueryData<Page>(key, (now) => now && { ...now, total });
  }
  return () => {
    for (const [key, data] of before) queries.setQueryData(key, data);
  };
}

/** Which items of a list are meant; null when that cannot be told, or none are. */
function meaning(request: BulkRequest, filters: Filters): ((item: Item) => boolean) | null {
  if (request.ids) {
    const ids = new Set(request.ids);
    return (item) => ids.has(item.id);
  }
  const wanted = (request.filters ?? {}) as Filters;
  const isSame = Object.keys(wanted).every(
    (name) => JSON.stringify(wanted[name]) === JSON.stringify(filters[name]),
  );
  const left = new Set(request.except_ids);
  return isSame ? (item) => !left.has(item.id) : null;
}

/** Whether what is meant is not of this list any more. */
function leavesList({ action, permanent }: BulkRequest, { trashed, archived, favourite }: Filters): boolean {
  switch (action) {
    case "delete":
      return trashed === (permanent ?? false);
    case "restore":
      return trashed === true;
    case "archive":
      return archived === false;
    case "unarchive":
      return archived === true;
    case "unfavourite":
      return favourite === true;
    default:
      return false;
  }
}

function changed(item: Item, { action, tags = [], collection_id = null }: BulkRequest): Item {
  const named = new Set(tags.map((tag) => tag.toLowerCase()));
  const others = item.tags.filter((tag) => !named.has(tag.name.toLowerCase()));
  switch (action) {
    case "archive":
    case "unarchive":
      return { ...item, archived: action === "archive" };
    case "favourite":
    case "unfavourite":
      return { ...item, favourite: action === "favourite" };
    case "tag":
      return { ...item, tags: [...others, ...tags.map((name) => ({ name, by: "user" as const }))] };
    case "untag":
      return { ...item, tags: others };
    case "move":
      return { ...item, collection_id };
    case "retry":
      return { ...item, status: "pending", stage: null, progress: 0, error: null };
    default:
      return item;
  }
}
