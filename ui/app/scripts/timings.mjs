// node scripts/timings.mjs URL TOKEN PDF_ITEM: how quickly the interface shows and answers, in headless Chromium, as one line of
// JSON. Times are milliseconds; the library has to be there already.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as playwright } from "playwright";
import { runnerImport } from "vite";

const tests = fileURLToPath(new URL("../tests", import.meta.url));
const { chromium } = (await runnerImport(join(tests, "chromium.ts"))).module;
const [url, token, pdf] = process.argv.slice(2);
const LOADS = 7;
const KEYS = 40;
const ROUNDS = 3;
const QUERIES = ["number", "page number", "saved", "more words", "tides", "page", "saved page", "words"];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const p95 = (values) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * 0.95) - 1)];
const rounded = (value) => Math.round(value * 10) / 10;

const answer = await fetch(`${url}/api/auth/tickets`, {
  method: "POST",
  headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  body: JSON.stringify({ purpose: "session" }),
});
const { ticket } = await answer.json();
const browser = await playwright.launch({ executablePath: chromium(existsSync), args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1400, height: 860 } });

// When the frame stood, and when the first row did, counted from the navigation's start.
await page.addInitScript(() => {
  const seen = (name, selector) => {
    if (globalThis[name] === undefined && document.querySelector(selector))
      globalThis[name] = performance.now();
  };
  new MutationObserver(() => {
    seen("frameAt", "nav");
    seen("rowsAt", '[role="row"][data-item], [data-result]');
  }).observe(document, { childList: true, subtree: true });
});
await page.goto(`${url}/library?ticket=${ticket}`);
await page.waitForSelector('[role="row"][data-item]');

const frames = [];
const rows = [];
for (let load = 0; load < LOADS; load += 1) {
  await page.goto(`${url}/library`);
  await page.waitForSelector('[role="row"][data-item]');
  const at = await page.evaluate(() => [globalThis.frameAt, globalThis.rowsAt]);
  frames.push(at[0]);
  rows.push(at[1]);
}

// When the first page of a long PDF is drawn and its text lies on it.
await page.addInitScript(() => {
  const look = () => {
    const canvas = document.querySelector(".pdf-page canvas");
    const text = document.querySelector('.pdf-text[data-page-number="1"] span');
    const dots = text && canvas?.getContext("2d").getImageData(0, 0, canvas.width, canvas.height / 4).data;
    if (dots?.some((value, index) => index % 4 === 3 && value > 0 && dots[index - 1] < 128))
      globalThis.pageAt = performance.now();
    else requestAnimationFrame(look);
  };
  if (location.pathname.startsWith("/item/")) requestAnimationFrame(look);
});
const pages = [];
for (let load = 0; load < LOADS; load += 1) {
  await page.goto(`${url}/item/${pdf}?view=pdf`);
  pages.push(await (await page.waitForFunction(() => globalThis.pageAt)).jsonValue());
}
await page.goto(`${url}/library`);
await page.waitForSelector('[role="row"][data-item]');

// From a key to the frame after its effect, as the Event Timing API counts an interaction.
await page.evaluate(() => {
  globalThis.interactions = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === "keydown") globalThis.interactions.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: false });
});
await page.locator('[role="row"][data-item]').first().focus();
for (let key = 0; key < KEYS; key += 1) {
  await page.keyboard.press("j");
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}
const measured = await page.evaluate(() => globalThis.interactions);
// What took less than 16 ms is not told of.
const interactions = [...measured, ...Array(Math.max(0, KEYS - measured.length)).fill(16)];

// From a click on a place to the frame with the heading of its view; the first time its part is fetched, too.
const places = await page
  .locator("nav ul a:visible")
  .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
const routes = [];
for (let round = 0; round < ROUNDS; round += 1) {
  for (const place of places.toReversed()) {
    await page.evaluate((wanted) => {
      globalThis.took = new Promise((resolve) => {
        const onClick = ({ timeStamp: pressed }) => {
          const left = document.querySelector("h1");
          const look = () => {
            const heading = document.querySelector("h1");
            if (location.pathname.startsWith(wanted) && heading && heading !== left)
              resolve(performance.now() - pressed);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        addEventListener("pointerdown", onClick, { once: true, capture: true });
      });
    }, place);
    await page.locator(`nav ul a[href="${place}"]:visible`).click();
    routes.push(await page.evaluate(() => globalThis.took));
  }
}

await page.goto(`${url}/search`);
const box = page.getByRole("searchbox");
await box.waitFor();
const results = [];
for (const query of QUERIES) {
  await box.fill("");
  await page.waitForFunction(() => document.querySelector("[data-result]") === null);
  await box.fill(query.slice(0, -1));
  await page.waitForSelector("[data-result]");
  await page.waitForLoadState("networkidle");
  await box.press("End");
  await page.evaluate((wanted) => {
    globalThis.took = new Promise((resolve) => {
      const onKey = ({ timeStamp: pressed }) => {
        const look = () => {
          const entry = performance
            .getEntriesByType("resource")
            .findLast((each) => each.name.endsWith("/api/search") && each.startTime >= pressed);
          const shown = document.querySelector("ul[aria-busy=false] [data-result]");
          const typed = document.querySelector("input[type=search]")?.value === wanted;
          if (typed && entry && shown) resolve(performance.now() - pressed);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      };
      addEventListener("keydown", onKey, { once: true, capture: true });
    });
  }, query);
  await page.keyboard.type(query.slice(-1));
  results.push(await page.evaluate(() => globalThis.took));
}
await browser.close();
console.log(
  JSON.stringify({
    frame_ms: rounded(median(frames)),
    first_rows_ms: rounded(median(rows)),
    first_page_ms: rounded(median(pages)),
    interaction_p95_ms: rounded(p95(interactions)),
    route_ms: rounded(median(routes)),
    route_p95_ms: rounded(p95(routes)),
    results_p95_ms: rounded(p95(results)),
    results_ms: rounded(median(results)),
  }),
);
