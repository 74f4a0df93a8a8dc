import { expect, test } from "vitest";
import { laidOut, pageInView, placeAt, topOf } from "@/features/reader/pdf/page-in-view";

const pages = (heights: number[]) => laidOut(heights, 12);

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

test("a place stays in view when the pages change their size", () => {
  const sheets = pages(Array(5).fill(1_000));
  const larger = pages(Array(5).fill(2_000));
  const height = 800;
  const moved = (top: number) => {
    const { page, down } = placeAt(sheets, top, height, 5_060);
    const there = topOf(larger, { page, down }, height);
    return [page, there, placeAt(larger, there, height, 10_060).page];
  };
  // A quarter down page 2, and a page of which the beginning stands in the middle of the view.
  expect(moved(1_262)).toEqual([2, 2_512, 2]);
  expect(moved(712)).toEqual([2, 1_812, 2]);
  expect(topOf([], { page: 3, down: 0.5 }, height)).toBe(0);
});
