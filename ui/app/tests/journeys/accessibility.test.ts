import { fileURLToPath } from "node:url";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";

const SAMPLES = fileURLToPath(new URL("../../../../tests/samples/documents/", import.meta.url));

let cortex: Cortex;
let browser: Browser;
/** States of views, each once: `views.test.ts` looks at every view as one comes to it, in every theme. */
let states: [path: string, ready: string][];
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  const tides = await cortex.upload(`${SAMPLES}article.html`);
  const rivers = await cortex.upload(`${SAMPLES}three-pages.pdf`);
  await cortex.call("POST", `/api/items/${tides}/highlights`, {
    quote: "How tides",
    start: 0,
    end: 9,
    note: "A note",
  });
  await cortex.call("POST", "/api/collections", { name: "Coasts" });
  states = [
    [`/item/${tides}?at=30-80`, "article.reading mark"],
    [`/item/${tides}?view=original`, "iframe"],
    [`/item/${rivers}?view=pdf&page=3`, '.pdf-text[data-page-number="3"] span'],
    ["/search", "input[type=search]"],
    ["/search?q=zzqqxx", "input[type=search]"],
    ["/organise/collections", "text=Coasts"],
  ];
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("axe finds nothing on a view in any of its states", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  const found: string[] = [];
  for (const [path, ready] of states) {
    await page.goto(cortex.url + path);
    await page.locator(ready).first().waitFor();
    await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
    found.push(...(await axe(page)).map((line) => `${path}: ${line}`));
  }
  expect(found).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});
