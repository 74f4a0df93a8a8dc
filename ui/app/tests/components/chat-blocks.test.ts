import { expect, test } from "vitest";
import { blocksOf } from "@/features/chat/markdown/blocks";

const texts = (text: string) => blocksOf(text).map((block) => block.text.trim());

test("paragraphs are blocks, and each knows where it begins", () => {
  const text = "One.\n\nTwo, in\ntwo lines.\n\n\nThree.";
  expect(texts(text)).toEqual(["One.", "Two, in\ntwo lines.", "Three."]);
  for (const block of blocksOf(text)) expect(text.slice(block.start)).toMatch(block.text.trim().slice(0, 3));
});

test("code with blank lines stays whole, also while its end is not written yet", () => {
  expect(texts("```py\na = 1\n\nb = 2\n```\n\nAfter.")).toEqual(["```py\na = 1\n\nb = 2\n```", "After."]);
  expect(texts("Before.\n\n~~~\na\n\n```\n\nb")).toEqual(["Before.", "~~~\na\n\n```\n\nb"]);
});

test("a list with blank lines between its points stays one list", () => {
  expect(texts("1. One\n\n   More of one.\n\n2. Two\n\nAfter.")).toEqual([
    "1. One\n\n   More of one.\n\n2. Two",
    "After.",
  ]);
});

test("nothing of a text is lost, and what is written later leaves the blocks before it as they were", () => {
  const text =
    "Lead:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\n\ny\n```\n\nEnd **bold**.\n";
  for (let length = 0; length <= text.length; length += 1) {
    const written = text.slice(0, length);
    const blocks = blocksOf(written);
    expect(blocks.map((block) => block.text).join("")).toBe(written);
  }
});
