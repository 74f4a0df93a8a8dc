/** The library's address is its state: filters, order and shape as search parameters, and as the API takes them. */
import type { paths, Schemas } from "@cortex/api-client";
import type { Target } from "@/lib/items";
import type { Selection } from "./store";

export const KINDS = ["article", "note", "pdf", "bookmark", "video", "file"] as const;
export const STATUSES = ["pending", "processing", "waiting", "ready", "failed"] as const;
export const SORTS = [
  "-created_at",
  "created_at",
  "-updated_at",
  "title",
  "-published_at",
  "reading_minutes",
] as const;
type ItemQuery = NonNullable<paths["/api/items"]["get"]["parameters"]["query"]>;

export interface LibrarySearch {
  view?: "list" | "cards";
  kind?: (typeof KINDS)[number];
  status?: (typeof STATUSES)[number];
  tag?: string[];
  in?: string;
  site?: string;
  month?: string;
  /** Only what was not read to its end. */
  unread?: boolean;
  favourite?: boolean;
  archived?: boolean;
  sort?: (typeof SORTS)[number];
}

/** Read search parameters; what is not known is left out, so that an old bookmark still works. */
export function readSearch(given: Record<string, unknown>): LibrarySearch {
  const one = <Value extends string>(value: unknown, known: readonly Value[]) =>
    known.find((each) => each === value);
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const flag = (value: unknown) => (typeof value === "boolean" ? value : undefined);
  const tags = (Array.isArray(given.tag) ? given.tag : [given.tag])
    .map(text)
    .filter((tag) => tag !== undefined);
  return clean({
    view: one(given.view, ["list", "cards"]),
    kind: one(given.kind, KINDS),
    status: one(given.status, STATUSES),
    tag: tags.length > 0 ? tags : undefined,
    in: text(given.in),
    site: text(given.site),
    month: /^\d{4}-\d{2}$/.test(String(given.month)) ? String(given.month) : undefined,
    unread: flag(given.unread),
    favourite: flag(given.favourite),
    archived: flag(given.archived),
    sort: one(given.sort, SORTS),
  });
}

/** The same for the trash: there it makes no difference whether something had been archived. */
export function readTrashSearch(given: Record<string, unknown>): LibrarySearch {
  const { archived: _, ...search } = readSearch(given);
  return search;
}

function clean(search: { [Name in keyof LibrarySearch]: LibrarySearch[Name] | undefined }): LibrarySearch {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined),
  ) as LibrarySearch;
}

/** The first moments of a month and of the next one. */
function monthBounds(month: string): [string, string] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const first = (y: number, m: number) => new Date(Date.UTC(y, m, 1)).toISOString();
  return [first(year, number - 1), first(year, number)];
}

/** What a search asks of `GET /api/items`; archived items are left out unless they are asked for. */
export function itemQuery(search: LibrarySearch, trashed: boolean): ItemQuery {
  const [after, before] = search.month ? monthBounds(search.month) : [undefined, undefined];
  return {
    kind: search.kind ? [search.kind] : null,
    status: search.status ? [search.status] : null,
    tag: search.tag ?? null,
    collection_id: search.in ?? null,
    site: search.site ?? null,
    read: search.unread ? false : null,
    favourite: search.favourite ?? null,
    archived: trashed ? null : (search.archived ?? false),
    trashed,
    created_after: after ?? null,
    created_before: before ?? null,
    sort: search.sort ?? (trashed ? "-deleted_at" : "-created_at"),
  };
}

/** The same as the filters of a bulk action: all items that match, however many there are. */
export function bulkFilters(search: LibrarySearch, trashed: boolean): Schemas["BulkFilters"] {
  const {
    sort: _,
    limit: _limit,
    cursor: _cursor,
    offset: _offset,
    facets: _facets,
    facet_limit: _facetLimit,
    ...filters
  } = itemQuery(search, trashed);
  return filters as Schemas["BulkFilters"];
}

/** What a selection means to a bulk action; null when nothing is selected. */
export function targetOf(selection: Selection, search: LibrarySearch, trashed: boolean): Target | null {
  const { selected, allBut } = selection;
  if (allBut !== null) return { filters: bulkFilters(search, trashed), except_ids: [...allBut] };
  return selected.size > 0 ? { ids: [...selected] } : null;
}
