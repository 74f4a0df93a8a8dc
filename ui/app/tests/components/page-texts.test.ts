import { expect, test } from "vitest";
import { pageOf, pageTexts } from "@/features/reader/pdf/page-texts";
import { readReaderSearch } from "@/features/reader/search-params";
import { shownView, viewsOf } from "@/features/reader/views";
import { placeOf } from "@/lib/passages";
import { neighbour } from "@/lib/reading-list";

const HTML =
  '<article><section data-page="1"><h1 data-start="0">😀 One</h1></section><section data-page="2"></section><section data-page="3"><p data-start="7">Three</p></section></article>';
const TEXT = "😀 One\n\nThree";

test("each page has its part of the text, in code points; a page without text has none", () => {
  const parts = pageTexts(HTML, TEXT);
  expect(parts).toEqual([
    { page: 1, start: 0, end: 7, text: "😀 One\n\n" },
    { page: 3, start: 7, end: 12, text: "Three" },
  ]);
  expect(pageOf(parts, 3)).toBe(1);
  expect(pageOf(parts, 9)).toBe(3);
  expect(pageOf([], 9)).toBeUndefined();
});

test("an item is shown in the way that was asked for, if it has it", () => {
  expect(shownView(viewsOf({ media_type: "application/pdf" }), "pdf")).toBe("pdf");
  expect(shownView(viewsOf({ media_type: "text/html" }), "pdf")).toBe("reader");
  expect(viewsOf({ media_type: "text/markdown" })).toEqual(["reader"]);
});

test("what an address must not hold is left out", () => {
  expect(readReaderSearch({ at: "3-9", view: "pdf", page: 3 })).toEqual({ at: "3-9", view: "pdf", page: 3 });
  expect(readReaderSearch({ at: "x", view: "evil", page: -1 })).toEqual({});
});

test("a passage on a page opens on that page", () => {
  expect(placeOf({ item_id: "item_a", start: 3, end: 9, page: null })).toBe("/item/item_a?at=3-9");
  expect(placeOf({ item_id: "item_a", start: 3, end: 9, page: 2 })).toBe(
    "/item/item_a?at=3-9&view=pdf&page=2",
  );
});

test("a list has a next item until its end", () => {
  expect(neighbour(["a", "b"], "a", 1)).toBe("b");
  expect(neighbour(["a", "b"], "b", 1)).toBeUndefined();
  expect(neighbour([], "a", -1)).toBeUndefined();
});
