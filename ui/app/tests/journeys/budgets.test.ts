import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";

const DIST = process.env.CORTEX_UI_DIR ?? fileURLToPath(new URL("../../dist", import.meta.url));
const KB = 1_000;

let page: string;
beforeAll(() => {
  page = readFileSync(join(DIST, "index.html"), "utf8");
});

/** Compressed bytes of a file of the build. */
function weight(path: string): number {
  return gzipSync(readFileSync(join(DIST, path)), { level: 9 }).length;
}

function named(pattern: RegExp): string[] {
  return [...page.matchAll(pattern)].map(([, path]) => path ?? "");
}

/** A script and all that it imports before it runs. */
function withImports(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path) || !existsSync(join(DIST, path))) return found;
  found.add(path);
  const text = readFileSync(join(DIST, path), "utf8");
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    withImports(`/assets/${name}`, found);
  return found;
}

function sum(paths: Iterable<string>): number {
  return [...paths].reduce((total, path) => total + weight(path), 0);
}

/** The script of a view, and what comes with it beyond what is loaded at first and for the library. */
function lazy(name: string): number {
  const before = initialScripts();
  for (const file of scriptsOf("library")) withImports(file, before);
  const all = new Set(scriptsOf(name).flatMap((file) => [...withImports(file)]));
  return sum([...all].filter((path) => !before.has(path)));
}

function scriptsOf(view: string): string[] {
  const files = readdirSync(join(DIST, "assets")).filter(
    (file) => file.startsWith(`${view}-`) && file.endsWith(".js"),
  );
  expect(files.length, view).toBeGreaterThan(0);
  return files.map((file) => `/assets/${file}`);
}

function initialScripts(): Set<string> {
  const found = new Set<string>();
  for (const path of named(/<(?:script|link)[^>]+(?:src|href)="([^"]+\.js)"/g)) withImports(path, found);
  return found;
}

test("what is loaded at first stays within its budget", () => {
  expect(sum(initialScripts())).toBeLessThanOrEqual(230 * KB);
  expect(sum(named(/<link[^>]+href="([^"]+\.css)"/g))).toBeLessThanOrEqual(25 * KB);
  const fonts = readdirSync(join(DIST, "assets")).filter((file) => /inter-latin-wght.*\.woff2$/.test(file));
  const bytes = fonts.map((file) => readFileSync(join(DIST, "assets", file)).length);
  expect(Math.max(...bytes)).toBeLessThanOrEqual(50 * KB);
});

test("so does what each view loads beyond that", () => {
  expect(lazy("chat")).toBeLessThanOrEqual(80 * KB);
  expect(lazy("graph-picture")).toBeLessThanOrEqual(60 * KB);
  expect(lazy("reader")).toBeLessThanOrEqual(40 * KB);
  // The library for PDFs has 130; the rest is the view around it.
  expect(lazy("pdf-view")).toBeLessThanOrEqual(140 * KB);
});

test("nothing in the build names another host to load from", () => {
  expect(named(/(?:src|href)="(https?:[^"]+)"/g)).toEqual([]);
});
