import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live } from "@/lib/live";

type Item = { id: string; content_version: number; content_text?: string | null; title?: string } & Record<
  string,
  unknown
>;
let queries: QueryClient;
let live: Live;
/** What the server has, and what was asked of it. */
let stored: Item;
let asked: string[];
let ends: (() => void)[];
beforeEach(() => {
  vi.useFakeTimers();
  queries = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  stored = { id: "open", content_version: 1, content_text: "Long text", status: "ready", title: "Book" };
  asked = [];
  ends = [];
  live = new Live(queries, async (id) => {
    asked.push(`${id} without text`);
    const { content_text: _, ...rest } = stored;
    return { ...rest, content_text: null } as never;
  });
});
afterEach(() => {
  for (const end of ends) end();
  vi.useRealTimers();
});

/** Show a query, as a view does. */
async function show(name: string, queryKey: string[], data: () => unknown): Promise<void> {
  const queryFn = () => {
    asked.push(name);
    return data();
  };
  ends.push(new QueryObserver(queries, { queryKey, queryFn }).subscribe(() => undefined));
  await vi.advanceTimersByTimeAsync(0);
}

const showItem = () => show("open with text", ["item", "detail", "open"], () => ({ ...stored }));
const progress = (id: string, status: string, stage: string | null = null) => ({
  type: "item.updated",
  data: { item_id: id, status, stage, progress: 0.5, error: null },
});

test("others being processed do not read the open item again, nor its highlights", async () => {
  await showItem();
  await show("highlights", ["highlights", "list", "open"], () => ({ items: [] }));
  asked = [];
  for (let index = 0; index < 40; index += 1)
    for (const status of ["pending", "processing", "processing", "ready"])
      live.take([progress(`other-${index}`, status)]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});

test("what the open item's own event leaves of its text is not read again; a new text is", async () => {
  await showItem();
  asked = [];
  stored = { ...stored, title: "Another title" };
  live.take([{ type: "item.updated", data: { item_id: "open" } }]);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(["open without text"]);
  expect(queries.getQueryData(["item", "detail", "open"])).toMatchObject({
    title: "Another title",
    content_text: "Long text",
  });
  stored = { ...stored, content_version: 2, content_text: "New text" };
  live.take([progress("open", "ready")]);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(["open without text", "open without text", "open with text"]);
  expect(queries.getQueryData(["item", "detail", "open"])).toMatchObject({ content_text: "New text" });
});

test("an item that is read for the first time shows its text once it is there", async () => {
  stored = { ...stored, content_text: null, status: "processing", stage: "extract" };
  await showItem();
  asked = [];
  live.take([progress("open", "processing", "extract")]);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([]);
  stored = { ...stored, content_text: "The text so far", stage: "summarise" };
  live.take([progress("open", "processing", "summarise")]);
  await vi.advanceTimersByTimeAsync(0);
  expect(queries.getQueryData(["item", "detail", "open"])).toMatchObject({ content_text: "The text so far" });
});

test("progress is shown in lists without reading them; a burst of endings reads them every two seconds", async () => {
  await show("list", ["items", "list", "all"], () => ({ items: [{ id: "a", status: "pending" }], total: 1 }));
  asked = [];
  live.take([progress("a", "processing", "embed")]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toEqual([]);
  expect(queries.getQueryData(["items", "list", "all"])).toMatchObject({
    items: [{ id: "a", status: "processing", stage: "embed", progress: 0.5 }],
  });
  for (let index = 0; index < 40; index += 1) {
    live.take([progress(`other-${index}`, "ready")]);
    await vi.advanceTimersByTimeAsync(250);
  }
  await vi.advanceTimersByTimeAsync(10_000);
  // The first at once, then five within ten seconds, and the last one after the end.
  expect(asked.length).toBeGreaterThanOrEqual(5);
  expect(asked.length).toBeLessThanOrEqual(6);
});

test("results that are many pages, each of them a request, are read the seldomer", async () => {
  const pages = Array.from({ length: 5 }, () => ({ results: [] }));
  await show("results", ["search", "list", "words"], () => ({ pages, pageParams: [] }));
  asked = [];
  for (let index = 0; index < 80; index += 1) {
    live.take([progress(`other-${index}`, "ready")]);
    await vi.advanceTimersByTimeAsync(250);
  }
  await vi.advanceTimersByTimeAsync(10_000);
  // At once, then every ten seconds.
  expect(asked).toHaveLength(3);
});

test("what another window changed of an item is counted anew among tags and collections", async () => {
  await show("tags", ["tags", "pages", ""], () => ({ items: [] }));
  await show("collections", ["collections"], () => ({ items: [] }));
  asked = [];
  live.take([{ type: "item.updated", data: { item_id: "other" } }]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual(["tags", "collections"]);
});

test("after a gap in the stream all is read again", async () => {
  await showItem();
  asked = [];
  live.take([{ type: "reset", data: {} }]);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(["open with text"]);
});

test("what takes long to read is shown while more comes, and read once more after the last", async () => {
  let count = 0;
  await show("list", ["items", "list", "all"], async () => {
    const total = count;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    return { items: [], total };
  });
  await vi.advanceTimersByTimeAsync(5_000);
  const shown = () => queries.getQueryData<{ total: number }>(["items", "list", "all"])?.total;
  for (count = 1; count < 40; count += 1) {
    live.take([progress(`other-${count}`, "ready")]);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(shown()).toBeGreaterThan(10);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(shown()).toBe(40);
  asked = [];
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});
