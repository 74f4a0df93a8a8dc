import { fileURLToPath } from "node:url";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { chooseTheme, THEMES } from "./themes";

const SAMPLES = fileURLToPath(new URL("../../../../tests/samples/documents/", import.meta.url));

let cortex: Cortex;
let browser: Browser;
let views: [path: string, ready: string][];
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  const tides = await cortex.upload(`${SAMPLES}article.html`);
  const rivers = await cortex.upload(`${SAMPLES}three-pages.pdf`);
  await cortex.save({
    title: "A note on tides",
    content: "Tides follow the Moon.",
    tags: ["sea", "physics"],
  });
  await cortex.call("POST", `/api/items/${tides}/highlights`, {
    quote: "How tides",
    start: 0,
    end: 9,
    note: "A note",
  });
  await cortex.call("POST", "/api/tasks", { title: "Read about the Moon" });
  await cortex.call("POST", "/api/collections", { name: "Coasts" });
  views = [
    ["/library", '[role="row"]'],
    ["/library?view=cards", '[role="row"]'],
    ["/library/trash", "h1, h2"],
    [`/item/${tides}?at=30-80`, "article.reading mark"],
    [`/item/${tides}?view=original`, "iframe"],
    [`/item/${rivers}?view=pdf&page=3`, '.pdf-text[data-page-number="3"] span'],
    ["/search", "input[type=search]"],
    ["/search?q=tides", "[data-result]"],
    ["/search?q=zzqqxx", "input[type=search]"],
    ["/search?in=highlights", "[data-place]"],
    ["/search?in=highlights&q=zzqqxx", "h2"],
    ["/activity", "h1"],
    ["/tasks", "h1"],
    ["/organise/tags", "h1"],
    ["/organise/collections", "h1"],
    ["/connections", "h1"],
  ];
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

for (const theme of THEMES) {
  test(`axe finds nothing in ${theme}`, async () => {
    const { page, complaints } = await cortex.open(browser, "/library", { reducedMotion: "reduce" });
    await chooseTheme(page, theme);
    const found: string[] = [];
    for (const [path, ready] of views) {
      await page.goto(cortex.url + path);
      await page.locator(ready).first().waitFor();
      await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
      found.push(...(await axe(page)).map((line) => `${path}: ${line}`));
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  }, 240_000);
}
