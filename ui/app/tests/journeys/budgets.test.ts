import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, fetchedAhead, launch } from "./cortex";

const DIST = process.env.CORTEX_UI_DIR ?? fileURLToPath(new URL("../../dist", import.meta.url));
const KB = 1_000;

const page = readFileSync(join(DIST, "index.html"), "utf8");
let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.save({ title: "A note on tides", content: "Tides follow the Moon." });
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
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

/** The script of a view, and what comes with it beyond what is loaded at first. */
function lazy(name: string): number {
  const before = initialScripts();
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
  expect(lazy("pdf-view")).toBeLessThanOrEqual(130 * KB);
  const [worker = ""] = readdirSync(join(DIST, "assets")).filter((file) => /^pdf\.worker.*\.js$/.test(file));
  expect(weight(`/assets/${worker}`)).toBeLessThanOrEqual(370 * KB);
});

/** The scripts that a browser really loads at /library until all is quiet, in the order in which it asks for them. */
async function loadedAtFirst(whenIdle: boolean): Promise<string[]> {
  const { page: shown } = await cortex.open(browser, "/search");
  if (!whenIdle) await shown.addInitScript("globalThis.requestIdleCallback = () => 0");
  await shown.goto(`${cortex.url}/library`);
  await shown.getByRole("row").first().waitFor();
  if (whenIdle) await fetchedAhead(shown);
  await shown.waitForLoadState("networkidle");
  const loaded = await shown.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .toSorted((one, other) => one.startTime - other.startTime)
      .map(({ name }) => new URL(name).pathname),
  );
  await shown.context().close();
  const scripts = [...new Set(loaded.filter((path) => path.endsWith(".js")))];
  expect(scripts.length).toBeGreaterThan(0);
  return scripts;
}

test("a browser that begins at the library loads no more than that before it has nothing else to do", async () => {
  expect(sum(await loadedAtFirst(false))).toBeLessThanOrEqual(230 * KB);
  // Then come the palette, the help and the dialogs, and after them all views, so that they are there when Cortex is away.
  const all = await loadedAtFirst(true);
  const views = all.findIndex((path) => path.startsWith("/assets/reader-"));
  expect(views).toBeGreaterThan(0);
  expect(sum(all.slice(0, views))).toBeLessThanOrEqual(250 * KB);
  expect(sum(all)).toBeLessThanOrEqual(420 * KB);
});

test("nothing in the build names another host to load from", () => {
  expect(named(/(?:src|href)="(https?:[^"]+)"/g)).toEqual([]);
});
