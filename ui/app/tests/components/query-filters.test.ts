import { expect, test } from "vitest";
import {
  join,
  monthFilters,
  split,
  typed,
  withFilters,
  withoutFilters,
} from "@/features/search/query-filters";

const taken = (query: string, isTyped = false) => {
  const { filters, words } = split(query, isTyped);
  return [filters.map(typed), words];
};

test("conditions are taken out of the words, as the server understands them", () => {
  expect(taken('tag:rust -site:example.org in:"To read" slow tides is:favourite')).toEqual([
    ["tag:rust", "-site:example.org", 'in:"To read"', "is:favourite"],
    "slow tides",
  ]);
  expect(taken("kind:pdf before:2026-01-31 after:2025 after:today")).toEqual([
    ["kind:pdf", "before:2026-01-31", "after:2025", "after:today"],
    "",
  ]);
  expect(taken("similar:item_1 TAG:x")).toEqual([["similar:item_1", "tag:x"], ""]);
});

test("what the server takes for words stays where it is", () => {
  for (const query of [
    "kind:poem",
    "before:soon",
    "-before:2026",
    "is:green",
    "tag:",
    "http://example.org",
    "std::vec",
    '"the tag:rust here"',
    "-word",
    "x-tag:y",
  ])
    expect(taken(query)).toEqual([[], query]);
});

test("nothing is taken away while it is being written", () => {
  expect(taken("tag:rus", true)).toEqual([[], "tag:rus"]);
  expect(taken("tag:rust ", true)).toEqual([["tag:rust"], ""]);
  expect(taken("tag:rust tides ", true)).toEqual([["tag:rust"], "tides "]);
  expect(taken('"some tag:rust ', true)).toEqual([[], '"some tag:rust ']);
});

test("what was taken apart goes together again", () => {
  const { filters, words } = split('tides in:"To read" tag:rust');
  expect(join(filters, words)).toBe('in:"To read" tag:rust tides');
  const tag = { field: "tag", value: "RUST", minus: false } as const;
  expect(withFilters(filters, [tag])).toHaveLength(2);
  expect(join(withoutFilters(filters, [tag]), words)).toBe('in:"To read" tides');
  expect(monthFilters("2025-12").map(typed)).toEqual(["after:2025-12", "before:2026-01"]);
});
