import { expect, test } from "vitest";
import { en } from "@/lib/messages/en";
import { later } from "@/lib/messages/later";

const sources = import.meta.glob<string>(["../../src/**/*.{ts,tsx}", "!../../src/lib/messages/**"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What the program says by this name: an id in full, one with a part that is filled in, a group of the server's names. */
function namesIn(source: string): { whole: string[]; patterns: RegExp[] } {
  const whole = [...source.matchAll(/["'`]([\w.-]+)["'`]/g)].map(([, id]) => id ?? "");
  // The ids of commands are put together as well, and are no words.
  const filled = [...source.matchAll(/(?<!\bid: )`([\w.-]+\.\$\{[^`]*)`/g)].map(
    ([, id]) => new RegExp(`^${(id ?? "").replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/g, "[\\w-]+")}$`),
  );
  const groups = [...source.matchAll(/known\("([\w.]+)"/g)].map(
    ([, group]) => new RegExp(`^${group}\\.\\w+$`),
  );
  return { whole, patterns: [...filled, ...groups] };
}

test("every word of the catalogue is said somewhere", () => {
  const names = Object.values(sources).map(namesIn);
  expect(names.length).toBeGreaterThan(100);
  const whole = new Set(names.flatMap((each) => each.whole));
  const patterns = names.flatMap((each) => each.patterns);
  const unused = Object.keys({ ...en, ...later }).filter(
    (id) => !whole.has(id) && !patterns.some((pattern) => pattern.test(id)),
  );
  expect(unused).toEqual([]);
});

test("what comes later is said only where it has been loaded", () => {
  const others = Object.entries(sources).filter(([path]) => !/\/features\/(settings|welcome)\//.test(path));
  expect(others.length).toBeGreaterThan(100);
  const early = others.flatMap(([path, source]) => {
    const { whole, patterns } = namesIn(source);
    const said = new Set(whole);
    return Object.keys(later)
      .filter((id) => said.has(id) || patterns.some((pattern) => pattern.test(id)))
      .map((id) => `${path}: ${id}`);
  });
  expect(early).toEqual([]);
});
