import { expect, test } from "vitest";
import { codePointIndex, utf16Index, utf16Indices } from "@/lib/codepoints";

const TEXT = "a😀b👩‍👩‍👧c";

test("code points and UTF-16 indices are each other's inverse at every code point", () => {
  const points = [...TEXT].length;
  for (let point = 0; point <= points; point += 1) {
    expect(codePointIndex(TEXT, utf16Index(TEXT, point))).toBe(point);
  }
});

test("an index inside of a pair counts as before it, places behind the end as the end", () => {
  expect(codePointIndex(TEXT, 2)).toBe(1);
  expect(utf16Index(TEXT, 999)).toBe(TEXT.length);
});

test("many places are found in one walk as each would be alone", () => {
  const places = [...TEXT, "", ""].map((_, index) => index);
  expect(utf16Indices(TEXT, places)).toEqual(places.map((place) => utf16Index(TEXT, place)));
});
