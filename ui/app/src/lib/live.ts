/**
 * What the server's events mean for what is shown: patched by id where an event says enough, read again where it does
 * not, and that only for the item it is about. Lists, counts and results are read at once, then seldom while more comes.
 */
import type { Schemas } from "@cortex/api-client";
import { hashKey, type QueryClient } from "@tanstack/react-query";
import type { ServerEvent } from "./events";

type Detail = Schemas["ItemDetail"];
/** What an event of the processing says of an item. */
type Standing = Pick<Detail, "status" | "stage" | "progress" | "error">;
type Key = readonly string[];

/** The first parts of the query keys that a kind of event makes stale; items have rules of their own below. */
const STALE: Record<string, Key> = {
  queue: ["queue", "ledger"],
  conversation: ["conversations", "conversation", "usage"],
  tags: ["tags", "facets", "items"],
  collections: ["collections", "facets"],
  searches: ["searches"],
  settings: ["settings", "ai", "ollama", "health"],
  task: ["tasks"],
  providers: ["ai", "health", "ollama"],
  digest: ["digests"],
  connections: ["connections"],
  embeddings: ["ai"],
};
/** How long until the same is read again, while one event follows the other: for each page of it. */
const GAP_MS: Record<string, number> = {
  items: 2_000,
  facets: 2_000,
  search: 2_000,
  highlights: 2_000,
  tags: 2_000,
  collections: 2_000,
  ledger: 2_000,
  queue: 1_000,
  connections: 10_000,
};
const BEFORE_TEXT = [null, "fetch", "extract"];

export class Live {
  readonly #queries: QueryClient;
  readonly #readWithoutText: (id: string) => Promise<Detail>;
  readonly #readAt = new Map<string, number>();
  readonly #due = new Set<string>();
  readonly #reading = new Map<string, { again: boolean }>();

  /** `readWithoutText` gives an item without its content, which may be megabytes. */
  constructor(queries: QueryClient, readWithoutText: (id: string) => Promise<Detail>) {
    this.#queries = queries;
    this.#readWithoutText = readWithoutText;
  }

  /** Take in what came since the last time. */
  take(events: ServerEvent[]): void {
    if (events.some((event) => event.type === "reset")) {
      void this.#queries.invalidateQueries();
      return;
    }
    const standings = new Map<string, Standing>();
    for (const { type, data } of events) {
      const [kind = ""] = type.split(".");
      if (kind !== "item") {
        for (const root of STALE[kind] ?? []) this.#stale([root]);
      } else {
        this.#item(String(data.item_id), type, data, standings);
      }
    }
    if (standings.size > 0) this.#patch(standings);
  }

  #item(id: string, type: string, data: ServerEvent["data"], standings: Map<string, Standing>): void {
    const isProgress = data.status !== undefined;
    const isUnderWay = data.status === "processing" || data.status === "pending";
    if (isProgress) standings.set(id, standingOf(data));
    if (isUnderWay) {
      const shown = this.#queries.getQueryData<Detail>(["item", "detail", id]);
      const isNew = shown?.content_text === null && shown.stage !== data.stage;
      if (isNew && !BEFORE_TEXT.includes(standingOf(data).stage)) this.#readAgain(id);
      return;
    }
    for (const root of ["items", "facets", "tags", "collections", "search", "connections"])
      this.#stale([root]);
    if (type === "item.created") return;
    this.#readAgain(id);
    if (isProgress) return;
    void this.#queries.invalidateQueries({ queryKey: ["highlights", "list", id] });
    this.#stale(["highlights", "list", "all"]);
  }

  /** Show how far items are wherever they are shown. */
  #patch(standings: Map<string, Standing>): void {
    const update = <Shown extends { id?: string; item_id?: string }>(item: Shown): Shown => {
      const standing = standings.get(item.id ?? item.item_id ?? "");
      return standing === undefined ? item : { ...item, ...standing };
    };
    const isShown = (item: { id?: string; item_id?: string }) => standings.has(item.id ?? item.item_id ?? "");
    type Shown = Detail | { items: { id?: string; item_id?: string }[] };
    this.#queries.setQueriesData<Shown>(
      { predicate: ({ queryKey }) => ["items", "item", "queue"].includes(String(queryKey[0])) },
      (data) => {
        if (typeof data !== "object" || data === null) return data;
        if ("items" in data)
          return data.items.some(isShown) ? { ...data, items: data.items.map(update) } : data;
        return "id" in data ? (update(data) as Shown) : data;
      },
    );
  }

  /** Read one item again: with its text only where that changed. */
  #readAgain(id: string): void {
    const queryKey = ["item", "detail", id];
    const isActive = this.#queries.getQueryCache().findAll({ queryKey, type: "active" }).length > 0;
    if (!isActive) {
      void this.#queries.invalidateQueries({ queryKey });
      return;
    }
    const reading = this.#reading.get(id);
    if (reading !== undefined) {
      reading.again = true;
      return;
    }
    const now = { again: false };
    this.#reading.set(id, now);
    void this.#readWithoutText(id)
      .then((fresh) => this.#merge(id, fresh))
      .catch(() => this.#queries.invalidateQueries({ queryKey }))
      .finally(() => {
        this.#reading.delete(id);
        if (now.again) this.#readAgain(id);
      });
  }

  async #merge(id: string, fresh: Detail): Promise<void> {
    for (const { queryKey, state } of this.#queries
      .getQueryCache()
      .findAll({ queryKey: ["item", "detail", id] })) {
      const shown = state.data as Detail | undefined;
      const withoutText = queryKey.length > 3;
      const isSameText = shown?.content_version === fresh.content_version && shown.content_text !== null;
      if (withoutText) this.#queries.setQueryData(queryKey, fresh);
      else if (isSameText)
        this.#queries.setQueryData(queryKey, {
          ...fresh,
          content_html: shown.content_html,
          content_text: shown.content_text,
        });
      // What is on its way for the first time is not begun anew.
      else
        await this.#queries.invalidateQueries(
          { queryKey, exact: true },
          { cancelRefetch: shown !== undefined },
        );
    }
  }

  #stale(queryKey: Key): void {
    const name = hashKey(queryKey);
    if (this.#due.has(name)) return;
    this.#due.add(name);
    const gap = (GAP_MS[queryKey[0] ?? ""] ?? 0) * this.#mostPages(queryKey);
    const next = (this.#readAt.get(name) ?? 0) + gap;
    setTimeout(
      () => {
        this.#due.delete(name);
        this.#readAt.set(name, Date.now());
        // Reading that is under way comes to its end, or a slow machine would show nothing while more comes.
        const isBehind = this.#queries.isFetching({ queryKey, type: "active" }) > 0;
        void this.#queries.invalidateQueries({ queryKey }, { cancelRefetch: false }).then(() => {
          if (isBehind) this.#stale(queryKey);
        });
      },
      Math.max(0, next - Date.now()),
    );
  }

  /** Of how many pages, each of them a request, the longest list is that is shown. */
  #mostPages(queryKey: Key): number {
    const shown = this.#queries.getQueryCache().findAll({ queryKey, type: "active" });
    const lengths = shown.map(
      ({ state }) => (state.data as { pages?: unknown[] } | undefined)?.pages?.length,
    );
    return Math.max(1, ...lengths.filter((length) => length !== undefined));
  }
}

function standingOf(data: ServerEvent["data"]): Standing {
  const { status, stage, progress, error } = data as unknown as Standing;
  return { status, stage: stage ?? null, progress, error: error ?? null };
}
