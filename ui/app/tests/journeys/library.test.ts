import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch, PYTHON } from "./cortex";

const FILLER = fileURLToPath(new URL("./large_library.py", import.meta.url));
const ITEMS = 100_000;
const MOST_ROWS = 60;
const MOST_HEAP = 60 * 2 ** 20;

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  cortex = await Cortex.start();
  await cortex.kill();
  execFileSync(PYTHON, [FILLER, cortex.dataDir]);
  [browser] = await Promise.all([launch(), cortex.run()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

const grid = (page: Page) => page.getByRole("grid", { name: "Library" });
const row = (page: Page, number: number) =>
  page.getByRole("row").filter({ has: page.getByText(`Saved page number ${number}`, { exact: true }) });
const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

test("10: an old month of a hundred thousand items, all that match tagged, and undone", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await row(page, 0).waitFor();
  expect(await grid(page).getAttribute("aria-rowcount")).toBe(String(ITEMS));
  const months = page.getByRole("slider", { name: "Go to a month" });
  await months.focus();
  await page.keyboard.press("End");
  await expect.poll(() => months.getAttribute("aria-valuetext")).toBe("July 2016");
  await page.keyboard.press("PageUp");
  await expect.poll(() => months.getAttribute("aria-valuetext")).toBe("July 2017");
  await page.keyboard.press("Enter");
  await expect.poll(() => focusedText(page)).toContain("2017");

  await page.goto(`${cortex.url}/library?month=2016-08`);
  await page.getByRole("button", { name: "Remove filter August 2016" }).waitFor();
  const shown = async () => Number(await grid(page).getAttribute("aria-rowcount"));
  await expect.poll(async () => (await shown()) > 500 && (await shown()) < ITEMS).toBe(true);
  const total = await shown();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("t");
  await page.getByRole("textbox", { name: "Tags, separated by commas" }).waitFor();
  await page.keyboard.type("old days");
  await page.keyboard.press("Enter");
  await page.getByText(`${total} items tagged`).waitFor();
  const tagged = async () =>
    (await cortex.call<{ total: number }>("GET", "/api/items?tag=old+days&limit=1")).total;
  expect(await tagged()).toBe(total);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone", { exact: true }).waitFor();
  expect(await tagged()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("from end to end few rows are in the document and little memory is held", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page, 0).waitFor();
  const debug = await page.context().newCDPSession(page);
  let most = 0;
  const steps = 30;
  for (let step = 1; step <= steps; step += 1) {
    await page.evaluate((share) => {
      const scroller = document.querySelector("[data-scroller]");
      if (scroller) scroller.scrollTop = share * scroller.scrollHeight;
    }, step / steps);
    const first = Math.round((step / steps) * ITEMS) - (step === steps ? 1 : 0);
    await row(page, Math.min(first + 1, ITEMS - 1)).waitFor();
    most = Math.max(most, await page.getByRole("row").count());
  }
  expect(most).toBeLessThanOrEqual(MOST_ROWS);
  await debug.send("HeapProfiler.collectGarbage");
  const { usedSize } = (await debug.send("Runtime.getHeapUsage")) as { usedSize: number };
  expect(usedSize).toBeLessThanOrEqual(MOST_HEAP);
  await page.context().close();
});

test("the focused row stays, by its item, while the list is scrolled, grows and shrinks", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page, 0).waitFor();
  for (const key of ["j", "j", "PageDown", "PageUp"]) await page.keyboard.press(key);
  await expect.poll(() => focusedText(page)).toContain("Saved page number 2");
  await page.evaluate(() => document.querySelector("[data-scroller]")?.scrollTo(0, 500_000));
  await row(page, 6_946).waitFor();
  expect(await focusedText(page)).toContain("Saved page number 2");

  const place = () => row(page, 6_950).evaluate((element) => Math.round(element.getBoundingClientRect().top));
  const before = await place();
  const ids: string[] = [];
  for (const text of ["One more thought", "Another thought"])
    ids.push((await cortex.call<{ id: string }>("POST", "/api/items", { content: text })).id);
  const pill = page.getByRole("button", { name: "2 new items" });
  await pill.waitFor();
  expect(await place()).toBe(before);
  expect(await focusedText(page)).toContain("Saved page number 2");
  await pill.click();
  await page.getByRole("row").filter({ hasText: "Another thought" }).waitFor();
  await pill.waitFor({ state: "detached" });

  // Its neighbour takes over from an item that goes.
  await page.keyboard.press("Home");
  await expect.poll(() => focusedText(page)).toContain("Another thought");
  await page.keyboard.press("Delete");
  await expect.poll(() => focusedText(page)).toContain("One more thought");
  for (const id of ids) await cortex.call("DELETE", `/api/items/${id}?permanent=true`);
  await page.context().close();
});

test("everything that keys do is in the item's menu; ranges reach beyond what is loaded", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await row(page, 0).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+F10");
  const menu = page.getByRole("menu");
  await menu.waitFor();
  expect(await menu.getByRole("menuitem").allTextContents()).toEqual(
    expect.arrayContaining(["ArchiveE", "Add to favouritesF", "Tag…T"]),
  );
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await expect.poll(() => focusedText(page)).toContain("Saved page number 1");
  await row(page, 3).click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Add to favourites" }).click();
  await row(page, 3).getByLabel("Favourite").waitFor();

  await page.keyboard.press("x");
  await page.evaluate(() => document.querySelector("[data-scroller]")?.scrollTo(0, 900 * 72));
  await row(page, 905).click({ modifiers: ["Shift"] });
  await page.getByText("903 selected").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("903 selected").first().waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the way back leads to the same row at the same place", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page, 0).waitFor();
  await page.evaluate(() => document.querySelector("[data-scroller]")?.scrollTo(0, 72_000));
  await row(page, 1_005).click();
  await page.waitForURL("**/item/*");
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  await page.goBack();
  await row(page, 1_005).waitFor();
  await expect.poll(() => focusedText(page)).toContain("Saved page number 1005");
  expect(await page.evaluate(() => document.querySelector("[data-scroller]")?.scrollTop)).toBe(72_000);
  await page.context().close();
});

test("a library at rest asks for nothing", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page, 0).waitFor();
  await page.getByRole("slider", { name: "Go to a month" }).waitFor();
  await page.waitForLoadState("networkidle").catch(() => undefined);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const debug = await page.context().newCDPSession(page);
  await debug.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await debug.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  };
  const before = await busy();
  await page.waitForTimeout(4_000);
  expect(asked).toEqual([]);
  // Of four seconds; the budget is 0.5 %, five times of it are allowed here.
  expect((await busy()) - before).toBeLessThan(4 * 0.025);
  await page.context().close();
});
