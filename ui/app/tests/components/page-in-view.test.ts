import { expect, test } from "vitest";
import { pageInView } from "@/features/reader/pdf/page-in-view";

const pages = (heights: number[]) => {
  let start = 0;
  return heights.map((height, index) => {
    const page = { index, start, end: start + height };
    start = page.end + 12;
    return page;
  });
};

test("at the top it is the first page, however many are in view, and at the end the last", () => {
  const slides = pages(Array(10).fill(220));
  const total = 2_320;
  expect(pageInView(slides, 0, 860, total)).toBe(1);
  expect(pageInView(slides, total - 860, 860, total)).toBe(10);
});

test("between them it is the first of which half is seen", () => {
  const sheets = pages(Array(5).fill(1_000));
  const at = (top: number) => pageInView(sheets, top, 800, 5_060);
  expect([at(100), at(590), at(620), at(1_012)]).toEqual([1, 1, 2, 2]);
});

test("before anything is laid out it is the first", () => {
  expect(pageInView([], 0, 0, 0)).toBe(1);
});
