import { expect, test } from "vitest";
import { anchorOf, rangeOf, TextMap } from "@/lib/anchoring";

const TEXT = "A title 😀\n\nFirst words of it.\n\nSecond words, and bold ones. First words of it.";

function article(): HTMLElement {
  const root = document.createElement("article");
  for (const [tag, parts] of [
    ["h1", ["A title 😀"]],
    ["p", ["First  words\n of it."]],
    ["p", ["Second words, and ", "*bold", " ones. First words of it."]],
  ] as const) {
    const element = document.createElement(tag);
    for (const part of parts) {
      if (part.startsWith("*"))
        element.append(Object.assign(document.createElement("b"), { textContent: part.slice(1) }));
      else element.append(part);
    }
    root.append(element);
  }
  return root;
}

function place(words: string, from = 0): [number, number] {
  const index = TEXT.indexOf(words, from);
  const start = [...TEXT.slice(0, index)].length;
  return [start, start + [...words].length];
}

test("a passage of the text is found on the screen, across elements and other white space", () => {
  const map = new TextMap(article());
  const range = rangeOf(map, TEXT, ...place("words, and bold ones"));
  expect(range?.toString()).toBe("words, and bold ones");
});

test("of words that stand there twice the right ones are found", () => {
  const root = article();
  const map = new TextMap(root);
  const [start, end] = place("First words", TEXT.lastIndexOf("First"));
  const range = rangeOf(map, TEXT, start, end);
  expect(root.lastElementChild?.contains(range?.startContainer ?? null)).toBe(true);
});

test("what is selected on the screen is the text's own words at its own place", () => {
  const root = article();
  const map = new TextMap(root);
  for (const words of ["title 😀", "words of it", "and bold ones"]) {
    const [start, end] = place(words);
    const range = rangeOf(map, TEXT, start, end);
    expect(range, words).not.toBeNull();
    if (range) expect(anchorOf(map, TEXT, range)).toEqual({ start, end, quote: words });
  }
});

test("a passage that the article does not show has no place", () => {
  expect(rangeOf(new TextMap(article()), "Something else entirely", 0, 9)).toBeNull();
});

test("a whole paragraph is its whole text", () => {
  const root = article();
  const range = document.createRange();
  range.selectNodeContents(root.lastElementChild ?? root);
  expect(anchorOf(new TextMap(root), TEXT, range)?.quote).toBe(
    "Second words, and bold ones. First words of it.",
  );
});

test("a long passage is found although a line of it is hyphenated or a word is another", () => {
  const passage =
    "Small rivers are called creeks in different regions, and no rule says where one name ends and another begins.";
  const root = document.createElement("article");
  root.append(`Before. ${passage.replace("regions", "re-\ngions").replace("no rule", "no law")} After.`);
  const map = new TextMap(root);
  expect(rangeOf(map, passage, 0, passage.length)?.toString()).toMatch(/^Small rivers .* begins\.$/s);
  const other = `Small rivers are called creeks and ${"something quite different. ".repeat(12)}one name ends and another begins.`;
  expect(rangeOf(map, other, 0, other.length)).toBeNull();
});

test("what stands in for an image is no part of the text", () => {
  const root = article();
  const [first] = root.querySelectorAll("p");
  const image = document.createElement("span");
  image.dataset.image = "";
  image.innerHTML = "<b>An image at example.org</b><button>Fetch</button>";
  first?.after(image);
  const map = new TextMap(root);
  expect(map.visible).not.toContain("Fetch");
  const range = rangeOf(map, TEXT, ...place("of it.\n\nSecond words"));
  expect(range?.startContainer.textContent).toContain("First");
  expect(range?.endContainer.textContent).toContain("Second words");
});
