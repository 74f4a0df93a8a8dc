import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch, PYTHON } from "./cortex";

const WRITER = fileURLToPath(new URL("large_pdf.py", import.meta.url));
const PAGES = 2_000;
/** The pages beside the one in view, so that scrolling finds them drawn. */
const MOST_DRAWN = 4;
/** One to learn the size, and three parts of 256 kB: the file is that short. */
const MOST_PARTS = 4;

let cortex: Cortex;
let browser: Browser;
let folder: string;
let long: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cortex-long-"));
  execFileSync(PYTHON, [WRITER, join(folder, "long.pdf"), "0"]);
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  long = await cortex.upload(join(folder, "long.pdf"));
}, 240_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
  await rm(folder, { recursive: true, force: true });
});

test("of two thousand pages only those in view are drawn, and their text is asked for after the first", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  const asked: string[] = [];
  page.on("request", (request) =>
    asked.push(new URL(request.url()).pathname + new URL(request.url()).search),
  );
  await page.goto(`${cortex.url}/item/${long}?view=pdf`);
  const text = (number: number) => page.locator(`.pdf-text[data-page-number="${number}"] span`).first();
  await text(1).waitFor();
  expect(await page.locator(".pdf-page").count()).toBeLessThanOrEqual(MOST_DRAWN);
  const parts = () => asked.filter((path) => path.includes("/original")).length;
  expect(parts()).toBeLessThanOrEqual(MOST_PARTS);
  const item = `/api/items/${long}`;
  await expect.poll(() => asked).toContain(item);
  expect(asked.indexOf(`${item}?content=false`)).toBeLessThan(asked.indexOf(item));
  expect(asked.findLastIndex((path) => path.includes("/original"))).toBeLessThan(asked.indexOf(item));

  const number = page.getByRole("toolbar").getByRole("textbox");
  await number.fill(String(PAGES));
  await number.press("Enter");
  await text(PAGES).waitFor();
  expect(await text(PAGES).textContent()).toContain(`Page number ${PAGES}`);
  expect(await page.locator(".pdf-page").count()).toBeLessThanOrEqual(MOST_DRAWN);
  expect(complaints).toEqual([]);
  await page.context().close();
}, 120_000);
