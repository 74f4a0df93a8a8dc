/** What stands around the text: panes and sheets, marks, states, and the pages of a PDF. */
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

const SAMPLES = fileURLToPath(new URL("../../../../tests/samples/documents/", import.meta.url));
const TEXT =
  "# On lighthouses\n\nThe **first** lighthouse was built of [stone](https://example.org) and lime.\n\n## Second part\n\nMore.";
let cortex: Cortex;
let browser: Browser;
let lighthouses: string;
let rivers: string;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  const [content, content_type] = [TEXT, "text/markdown"];
  lighthouses = await cortex.save({ title: "On lighthouses", content, content_type });
  rivers = await cortex.upload(`${SAMPLES}three-pages.pdf`);
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

const pageBox = (page: Page) => page.getByRole("textbox", { name: "Page", exact: true });
const scrolled = (page: Page) =>
  page.locator("[data-scroller]").evaluate((element) => Math.round(element.scrollTop));
const articleWidth = (page: Page) =>
  page.locator("article.reading").evaluate((element) => element.getBoundingClientRect().width);

test("a PDF opens on its first page, in windows of any size", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${rivers}?view=pdf`);
  for (const [width, height] of [
    [1400, 860],
    [1920, 1080],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(`${cortex.url}/item/${rivers}?view=pdf`);
    await page.locator('.pdf-text[data-page-number="1"] span').first().waitFor();
    expect([await pageBox(page).inputValue(), page.url().includes("page="), await scrolled(page)]).toEqual([
      "1",
      false,
      0,
    ]);
  }
  await page.getByText("Text", { exact: true }).click();
  await page.locator("article.reading").waitFor();
  await page.getByText("Pages", { exact: true }).click();
  await page.locator('.pdf-text[data-page-number="1"] span').first().waitFor();
  expect(await pageBox(page).inputValue()).toBe("1");
  expect(page.url()).not.toContain("page=");
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the cited passage and highlights are marked on the pages of a PDF", async () => {
  const quote = "height at gauges";
  const { content_text } = await cortex.call<{ content_text: string }>("GET", `/api/items/${rivers}`);
  const start = content_text.indexOf(quote);
  const { page, complaints } = await cortex.open(
    browser,
    `/item/${rivers}?view=pdf&page=3&at=${start}-${start + quote.length}`,
  );
  const cited = page.locator('.pdf-text mark[data-kind="cited"]');
  await cited.first().waitFor();
  const shadow = await cited.first().evaluate((element) => getComputedStyle(element).boxShadow);
  expect(shadow).toContain("-4px");
  const colours = ["yellow", "pink"];
  for (const [index, colour] of colours.entries()) {
    const place = { start: start + index * 8, end: start + index * 8 + 6 };
    const words = content_text.slice(place.start, place.end);
    await cortex.call("POST", `/api/items/${rivers}/highlights`, { quote: words, ...place, page: 3, colour });
  }
  await page.goto(`${cortex.url}/item/${rivers}?view=pdf&page=3`);
  const marks = page.locator(".pdf-text mark[data-highlight]");
  await expect
    .poll(() => marks.evaluateAll((all) => all.map((each) => getComputedStyle(each).textDecorationStyle)))
    .toEqual(expect.arrayContaining(["solid", "double"]));
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("an address that names another passage of the open PDF leads there", async () => {
  const { content_text } = await cortex.call<{ content_text: string }>("GET", `/api/items/${rivers}`);
  const { page, complaints } = await cortex.open(browser, `/item/${rivers}?view=pdf&page=1`);
  await page.locator('.pdf-text[data-page-number="1"] span').first().waitFor();
  const third = content_text.indexOf("height at gauges");
  for (const [number, start] of [
    [3, third],
    [1, 0],
  ]) {
    const address = `/item/${rivers}?view=pdf&at=${start}-${Number(start) + 16}`;
    await page.evaluate((to) => history.pushState({}, "", to), address);
    const cited = page.locator(`.pdf-text[data-page-number="${number}"] mark[data-kind="cited"]`).first();
    await expect.poll(() => cited.evaluate((mark) => mark === document.activeElement)).toBe(true);
    await expect.poll(() => page.getByRole("toolbar").getByRole("textbox").inputValue()).toBe(String(number));
  }
  for (const number of ["3", "1"]) {
    await page.goBack();
    await expect.poll(() => page.getByRole("toolbar").getByRole("textbox").inputValue()).toBe(number);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("keys turn the pages of a PDF and zoom, which keeps the place; how far one came is where one goes on", async () => {
  const read = (read_progress: number) => cortex.call("PUT", `/api/items/${rivers}`, { read_progress });
  const progress = async () =>
    (await cortex.call<{ read_progress: number }>("GET", `/api/items/${rivers}`)).read_progress;
  await read(0.7);
  const { page, complaints } = await cortex.open(browser, "/library");
  // All that the bar has ever said of the size.
  await page.addInitScript(() => {
    const said = new Set<string>();
    Object.assign(window, { said });
    new MutationObserver(() => {
      const bar = document.querySelector('[role="toolbar"]')?.textContent ?? "";
      for (const size of bar.match(/\d+%/g) ?? []) said.add(size);
    }).observe(document, { childList: true, characterData: true, subtree: true });
  });
  const sizes = () => page.evaluate(() => [...(window as unknown as { said: Set<string> }).said]);
  const text = (number: number) => page.locator(`.pdf-text[data-page-number="${number}"] span`).first();
  const at = async () => [await pageBox(page).inputValue(), new URL(page.url()).searchParams.get("page")];
  // The address wins over what was read, also when it is loaded again.
  await page.goto(`${cortex.url}/item/${rivers}?view=pdf&page=1`);
  for (const _ of [1, 2]) {
    await text(1).waitFor();
    expect([await at(), await scrolled(page)]).toEqual([["1", "1"], 0]);
    await page.reload();
  }
  await text(1).waitFor();
  expect(await sizes()).toHaveLength(1);
  expect(await page.locator("header h1").evaluate((element) => getComputedStyle(element).opacity)).toBe("1");

  await page.keyboard.press("j");
  await expect.poll(at).toEqual(["2", "2"]);
  await page.keyboard.press("j");
  await expect.poll(at).toEqual(["3", "3"]);
  await page.keyboard.press("k");
  await expect.poll(at).toEqual(["2", "2"]);

  const style = () => page.evaluate(() => localStorage.getItem("cortex-reading"));
  const styleBefore = await style();
  const percent = async () => Number.parseInt(await page.getByRole("toolbar").getByText("%").innerText(), 10);
  const fitted = await percent();
  /** How far page 2 has been scrolled away, as a share of its height. */
  const place = () =>
    page.locator("[data-scroller]").evaluate((frame) => {
      const box = frame.querySelector('[data-page-number="2"]')?.getBoundingClientRect();
      return box ? Math.round((100 * (frame.getBoundingClientRect().top - box.top)) / box.height) : null;
    });
  await page.locator("[data-scroller]").evaluate((frame) => frame.scrollBy({ top: 300 }));
  await expect.poll(place).toBeGreaterThan(10);
  const before = (await place()) ?? 0;
  const near = async () => Math.abs(((await place()) ?? 100) - before) <= 2;
  // Faster than anything is drawn.
  for (const key of ["+", "+", "+", "+"]) await page.keyboard.press(key);
  await expect.poll(percent).toBeGreaterThan(fitted * 1.5);
  await expect.poll(near).toBe(true);
  for (const key of ["-", "-", "-", "-"]) await page.keyboard.press(key);
  await expect.poll(percent).toBe(fitted);
  await expect.poll(near).toBe(true);
  expect(await at()).toEqual(["2", "2"]);
  await page.getByRole("button", { name: "Fit the width" }).click();
  await page.setViewportSize({ width: 1000, height: 860 });
  await expect.poll(percent).toBeGreaterThan(fitted);
  await expect.poll(near).toBe(true);
  expect(await style()).toBe(styleBefore);

  await expect.poll(async () => Math.abs((await progress()) - 0.4)).toBeLessThan(0.08);
  await page.goto(`${cortex.url}/item/${rivers}?view=pdf`);
  await expect.poll(at).toEqual(["2", "2"]);
  await text(2).waitFor();
  await page.locator("[data-scroller]").evaluate(async (frame) => {
    const hasScrolled = new Promise((resolve) => frame.addEventListener("scroll", resolve, { once: true }));
    frame.scrollTop = frame.scrollHeight;
    await hasScrolled;
  });
  await page.close();
  await expect.poll(progress).toBe(1);
  expect(complaints).toEqual([]);
});

test("the title stands there once; the cited passage has one bar", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${lighthouses}?at=16-60`);
  const marks = page.locator('article.reading mark[data-kind="cited"]');
  await expect.poll(() => marks.count()).toBeGreaterThan(2);
  const bars = await marks.evaluateAll((all) => all.map((each) => getComputedStyle(each).borderLeftWidth));
  expect(bars.filter((width) => width !== "0px")).toEqual(["3px"]);
  const title = page.locator("header h1");
  await expect.poll(() => title.evaluate((element) => getComputedStyle(element).opacity)).toBe("0");
  // Screen readers are told of one heading of the first level.
  expect(await page.locator("article.reading h1").getAttribute("aria-level")).toBe("2");
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("where there is no room beside the text, outline and aside are sheets, also because the text is large", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${lighthouses}`, {
    viewport: { width: 1000, height: 800 },
  });
  await page.locator("article.reading h2").waitFor();
  await page.keyboard.press("i");
  const sheet = page.getByRole("dialog", { name: "Outline" });
  await sheet.getByRole("button", { name: "Second part" }).click();
  await sheet.waitFor({ state: "detached" });
  await expect.poll(() => page.locator("article.reading h2:focus").count()).toBe(1);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("complementary").waitFor();
  const usual = await articleWidth(page);
  await page.evaluate(() =>
    localStorage.setItem("cortex-preferences", JSON.stringify({ state: { textScale: 2 }, version: 1 })),
  );
  await page.reload();
  await page.locator("article.reading h2").waitFor();
  expect(await page.getByRole("complementary").count()).toBe(0);
  expect(await articleWidth(page)).toBeGreaterThan(usual);
  await page.getByRole("button", { name: "About this item" }).click();
  await page.getByRole("dialog", { name: "About this item" }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("what could not be read beside the text says so; all of several hundred highlights are marked", async () => {
  const words = Array.from({ length: 230 }, (_, index) => `word${String(index).padStart(3, "0")}`);
  const id = await cortex.save({ title: "Many marks", content: words.join(" ") });
  for (const [index, quote] of words.entries())
    await cortex.call("POST", `/api/items/${id}/highlights`, { quote, start: index * 8, end: index * 8 + 7 });
  const { page } = await cortex.open(browser, `/item/${id}`);
  await expect.poll(() => page.locator("article.reading mark").count()).toBe(230);
  const rows = page.getByRole("complementary").locator("button.reading-highlight");
  expect(await rows.count()).toBe(100);
  await page.getByRole("button", { name: "Show 130 more" }).click();
  await expect.poll(() => rows.count()).toBe(200);

  const refuse = { status: 500, json: { error: "internal_error", message: "It broke.", request_id: "r1" } };
  await page.route(/\/(highlights|connections)(\?|$)/, (route) => route.fulfill(refuse));
  await page.reload();
  const aside = page.getByRole("complementary");
  await aside.getByText("The highlights could not be read. It broke.").waitFor();
  await aside.getByText("What belongs with this could not be read. It broke.").waitFor();
  expect(await aside.getByText("Select text, or press h").count()).toBe(0);
  await page.unroute(/\/(highlights|connections)(\?|$)/);
  await aside.getByRole("alert").filter({ hasText: "highlights" }).getByRole("button").click();
  await expect.poll(() => rows.count()).toBe(100);

  await page.goto(`${cortex.url}/item/item_nope`);
  await page.getByRole("heading", { level: 1, name: "There is nothing here" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Go to the library" }).click();
  await page.getByRole("row").first().waitFor();
  await page.context().close();
});
