import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";

const MANY = 62;
let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.call("POST", "/api/collections", { name: "To read" });
  for (let n = 0; n < MANY; n += 1)
    await cortex.call("POST", "/api/items", {
      title: `Harbour number ${n}`,
      content: `Boats of harbour ${n}.`,
      tags: ["boats"],
    });
  await cortex.save({
    title: "Lighthouses",
    content:
      "# Lighthouses\n\nA lamp above the harbour.\n\n```\nlamp --lit harbour\n```\n\nThe keeper lives **inside**.",
    content_type: "text/markdown",
    tags: ["lamps"],
  });
  for (;;) {
    const queue = await cortex.call<{ pending: number; processing: number }>("GET", "/api/processing/queue");
    if (queue.pending + queue.processing === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}, 180_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

const chips = (page: Page) =>
  page.getByRole("list", { name: "Filters of this search" }).getByRole("listitem").allInnerTexts();
const asked = (page: Page) => new URL(page.url()).searchParams.get("q");

test("conditions are chips and facets, in the address, by keyboard; results go on as far as there are some", async () => {
  const { page, complaints } = await cortex.open(browser, "/search");
  const box = page.getByRole("searchbox");
  await box.waitFor();
  await page.keyboard.type("harbour tag:boats ");
  await expect.poll(() => chips(page)).toEqual(["#boats"]);
  expect(await box.inputValue()).toBe("harbour ");
  await expect.poll(() => asked(page)).toBe("tag:boats harbour");
  const outline = await page.locator("search").evaluate((field) => getComputedStyle(field).outlineWidth);
  expect(outline).toBe("2px");

  // More results than fit, in a list that never holds more than 60 rows.
  const rows = page.locator("[data-result]");
  await page
    .getByRole("status")
    .filter({ hasText: `${MANY} results` })
    .waitFor();
  await page.keyboard.press("ArrowDown");
  const place = () =>
    page.evaluate(() => document.activeElement?.closest("li")?.getAttribute("aria-posinset"));
  await expect.poll(place).toBe("1");
  await expect
    .poll(async () => {
      await page.keyboard.press("End");
      return place();
    })
    .toBe(`${MANY}`);
  expect(await rows.count()).toBeLessThanOrEqual(60);
  expect(await page.locator("[data-result]:focus").innerText()).toContain("Harbour number");
  expect(await axe(page)).toEqual([]);

  // Backspace before the words takes the last condition away; a facet adds one, and takes it away.
  await page.keyboard.press("/");
  await page.keyboard.press("Home");
  await page.keyboard.press("Backspace");
  await expect.poll(() => asked(page)).toBe("harbour");
  const lamps = page.getByRole("region", { name: "Narrow down" }).getByRole("button", { name: "#lamps 1" });
  await lamps.press("Enter");
  await expect.poll(() => chips(page)).toEqual(["#lamps"]);
  await expect.poll(() => asked(page)).toBe("tag:lamps harbour");
  await expect.poll(() => rows.count()).toBe(1);
  await expect.poll(() => lamps.getAttribute("aria-pressed")).toBe("true");
  await page.reload();
  await expect.poll(() => chips(page)).toEqual(["#lamps"]);
  expect(await box.inputValue()).toBe("harbour");

  // The passage as the reader shows it, what was found in it marked.
  const preview = page.getByRole("complementary", { name: "In context" });
  await expect.poll(() => preview.locator("pre").innerText()).toContain("lamp --lit harbour");
  await expect.poll(() => preview.locator("mark[data-kind=found]").allInnerTexts()).toContain("harbour");
  await page.getByRole("button", { name: "Remove filter #lamps" }).press("Enter");
  await expect.poll(() => chips(page)).toEqual([]);
  await expect.poll(() => box.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("where nothing fits there are ways on, from each way of searching", async () => {
  const trashed = await cortex.save({ title: "Old", content: "Old." });
  await cortex.call("DELETE", `/api/items/${trashed}`);
  const { page } = await cortex.open(browser, "/search?q=tag:nowhere%20harbur&mode=keyword");
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await button("Search by meaning instead").waitFor();
  await page.getByRole("link", { name: "Look in the trash (1 item)" }).waitFor();
  await button("Save something about it").waitFor();
  expect(await axe(page)).toEqual([]);
  await button("harbour").press("Enter");
  await expect.poll(() => asked(page)).toBe("tag:nowhere harbour");
  await button("Search by meaning instead").press("Enter");
  await button("Search by words instead").waitFor();
  expect(new URL(page.url()).searchParams.get("mode")).toBe("semantic");
  await button("Without not #boats").waitFor({ state: "detached" });
  await button("Without #nowhere").press("Enter");
  await page.locator("[data-result]").first().waitFor();
  await page.context().close();
});

test("where there is no room beside the results the preview is a sheet; large text counts as little room", async () => {
  const { page } = await cortex.open(browser, "/search?q=lamp", { viewport: { width: 800, height: 700 } });
  await page.locator("[data-result]").first().focus();
  await page.keyboard.press("Control+.");
  const sheet = page.getByRole("dialog", { name: "In context" });
  await sheet.locator("pre").waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "In context: Lighthouses" }).click();
  await sheet.waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Narrow down" }).press("Enter");
  await page.getByRole("region", { name: "Narrow down" }).getByRole("button", { name: "#lamps 1" }).waitFor();

  await page.setViewportSize({ width: 1280, height: 800 });
  const width = () =>
    page
      .locator("[data-result]")
      .first()
      .evaluate((row) => row.clientWidth / Number.parseFloat(getComputedStyle(row).fontSize));
  await page.evaluate(() =>
    localStorage.setItem("cortex-preferences", JSON.stringify({ state: { textScale: 2 }, version: 1 })),
  );
  await page.reload();
  await page.locator("[data-result]").first().waitFor();
  expect(await width()).toBeGreaterThan(20);
  expect(await page.getByRole("complementary", { name: "In context" }).count()).toBe(0);
  await page.context().close();
});
