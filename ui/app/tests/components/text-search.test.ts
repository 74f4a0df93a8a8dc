import { expect, test } from "vitest";
import { countIn, Findable } from "@/features/reader/find/text-search";

function found(html: string, words: string): string[] {
  const root = new DOMParser().parseFromString(html, "text/html").body;
  return new Findable(root).find(words).map((range) => range.toString());
}

test("words are found across elements, whatever their case, accents and white space", () => {
  expect(found("<p>Tides of the <b>Mo</b>on, moon; MOON.</p>", "moon")).toEqual(["Moon", "moon", "MOON"]);
  expect(found("<p>Un café,\n   déjà vu</p>", "cafe, deja")).toEqual(["café,\n   déjà"]);
  expect(found("<p>naïve 😀 smile</p>", "😀 SMILE")).toEqual(["😀 smile"]);
});

test("nothing, or only white space, is found nowhere", () => {
  expect(found("<p>Words</p>", "  ")).toEqual([]);
  expect(found("<p>Words</p>", "none")).toEqual([]);
});

test("places are counted in a text as they are found on the screen", () => {
  expect(countIn("Tide by tide; the TIDES.", "tide")).toBe(3);
  expect(countIn("An École and an ecole", "école")).toBe(2);
  expect(countIn("Words", " ")).toBe(0);
});
