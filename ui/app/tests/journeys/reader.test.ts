import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

const SAMPLES = fileURLToPath(new URL("../../../../tests/samples/documents/", import.meta.url));
let cortex: Cortex;
let browser: Browser;
let tides: string;
let rivers: string;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  tides = await cortex.upload(`${SAMPLES}article.html`);
  rivers = await cortex.upload(`${SAMPLES}three-pages.pdf`);
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

interface HighlightPage {
  items: { quote: string; note: string | null; colour: string; page: number | null }[];
}
const highlightsOf = async (id: string) =>
  (await cortex.call<HighlightPage>("GET", `/api/items/${id}/highlights`)).items;
const marks = (page: Page) => page.locator("article.reading mark[data-highlight]");

test("5: highlight, note, another size, reload, delete, undo, by keyboard", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${tides}`);
  await page.locator("article.reading h1").waitFor();
  for (const key of ["j", "j", "3"]) await page.keyboard.press(key);
  await expect.poll(() => marks(page).count()).toBeGreaterThan(0);
  expect((await highlightsOf(tides))[0]?.quote).toMatch(/^The sea rises .* a little less\.$/);

  await page.keyboard.press("]");
  await page.keyboard.press("n");
  await page.getByRole("dialog").getByRole("textbox").waitFor();
  await page.keyboard.type("Ask the harbour master");
  await page.keyboard.press("Control+Enter");
  await expect.poll(async () => (await highlightsOf(tides))[0]?.note).toBe("Ask the harbour master");
  await page.keyboard.press("]");
  await expect.poll(() => page.locator("article.reading mark:focus").count()).toBe(1);
  await page.keyboard.press("5");
  await expect.poll(async () => (await highlightsOf(tides))[0]?.colour).toBe("violet");

  const size = () =>
    page.locator("article.reading").evaluate((element) => getComputedStyle(element).fontSize);
  const before = await size();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("+");
  expect(Number.parseFloat(await size())).toBeGreaterThan(Number.parseFloat(before));
  await page.reload();
  await expect.poll(() => marks(page).first().getAttribute("data-colour")).toBe("violet");
  expect(await page.getByRole("complementary").getByText("Ask the harbour master").isVisible()).toBe(true);
  expect(await marks(page).allTextContents()).toHaveLength(3);

  await page.keyboard.press("]");
  await page.keyboard.press("Delete");
  await expect.poll(() => marks(page).count()).toBe(0);
  await page.keyboard.press("Control+z");
  await expect.poll(() => marks(page).count()).toBe(3);
  expect((await highlightsOf(tides))[0]?.note).toBe("Ask the harbour master");
  expect(complaints).toEqual([]);
});

test("highlights stay where their words are when the text is another", async () => {
  const id = await cortex.save({
    title: "Two versions",
    content: "<p>One line.</p><p>The words that stay.</p>",
  });
  await cortex.call("POST", `/api/items/${id}/highlights`, { quote: "words that stay", start: 15, end: 30 });
  const { page, complaints } = await cortex.open(browser, `/item/${id}`);
  await expect.poll(() => marks(page).allTextContents()).toEqual(["words that stay"]);
  await cortex.call("PUT", `/api/items/${id}`, {
    content: "<p>A line that is new and longer.</p><p>These are the words that stay.</p>",
    content_type: "text/html",
  });
  await expect.poll(() => page.locator("article.reading").innerText()).toContain("new and longer");
  await expect.poll(() => marks(page).allTextContents()).toEqual(["words that stay"]);
  await cortex.call("PUT", `/api/items/${id}`, { content: "<p>All gone.</p>", content_type: "text/html" });
  await expect.poll(() => page.getByText("This copy changed").isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

test("6: a passage on page 3 of a PDF opens there and can be marked", async () => {
  const { page, complaints } = await cortex.open(browser, "/search");
  await page.keyboard.type("gauges read every day");
  await page.locator(`[data-result="${rivers}"]`).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const cited = page.locator('.pdf-text[data-page-number="3"] mark[data-kind="cited"]');
  await expect.poll(async () => (await cited.allTextContents()).join("")).toContain("height at gauges");
  await expect.poll(() => cited.first().evaluate((element) => element === document.activeElement)).toBe(true);
  const box = await cited.first().boundingBox();
  expect(box?.y).toBeGreaterThan(60);
  expect(box?.y).toBeLessThan(800);
  await expect.poll(() => page.getByRole("textbox", { name: "Page", exact: true }).inputValue()).toBe("3");

  await page.locator('.pdf-text[data-page-number="3"]').evaluate((layer) => {
    const last = [...layer.querySelectorAll("span")].find((each) =>
      each.textContent?.includes("oldest marks"),
    );
    getSelection()?.selectAllChildren(last as Element);
  });
  await page.keyboard.press("2");
  await expect.poll(async () => (await highlightsOf(rivers))[0]).toMatchObject({ page: 3, colour: "green" });
  const mark = page.locator('.pdf-text mark[data-colour="green"]');
  await expect.poll(async () => (await mark.allTextContents()).join("")).toContain("stones of bridges");

  await page.getByRole("textbox", { name: "Page", exact: true }).fill("1");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url()).not.toContain("page=3");
  await page.getByRole("complementary").getByText("The oldest marks").click();
  await expect.poll(() => mark.count()).toBeGreaterThan(0);
  await page.keyboard.press("v");
  await expect.poll(() => page.locator("article.reading mark[data-colour=green]").count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("words are found in the text, one after the other", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${tides}`);
  await page.locator("article.reading h1").waitFor();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("TIDE");
  const count = page.getByRole("search", { name: "Find in this text" }).getByRole("status");
  await expect.poll(() => count.innerText()).toMatch(/^1 of \d+$/);
  await page.keyboard.press("Enter");
  await expect.poll(() => count.innerText()).toMatch(/^2 of \d+$/);
  await page.keyboard.press("Control+g");
  await expect.poll(() => count.innerText()).toMatch(/^3 of \d+$/);
  await page.keyboard.press("Shift+Enter");
  await expect.poll(() => count.innerText()).toMatch(/^2 of \d+$/);
  expect(await page.evaluate(() => CSS.highlights.get("found-now")?.size)).toBe(1);
  await page.keyboard.press("Escape");
  await expect.poll(() => count.count()).toBe(0);
  expect(await page.evaluate(() => CSS.highlights.has("found"))).toBe(false);
  expect(complaints).toEqual([]);
});

test("words are found on pages of a PDF that are not drawn yet", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${rivers}?view=pdf`);
  await page.locator('.pdf-text[data-page-number="1"] span').first().waitFor();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("river");
  const count = page.getByRole("search", { name: "Find in this text" }).getByRole("status");
  await expect.poll(() => count.innerText()).toMatch(/^1 of \d+$/);
  await page.getByRole("searchbox").fill("stones of bridges");
  await expect.poll(() => count.innerText()).toBe("1 place");
  await expect.poll(() => page.evaluate(() => CSS.highlights.get("found-now")?.size)).toBe(1);
  await expect.poll(() => page.getByRole("textbox", { name: "Page", exact: true }).inputValue()).toBe("3");
  expect(complaints).toEqual([]);
});

test("the page as it looked runs nothing and asks nobody", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${tides}`);
  await page.locator("article.reading h1").waitFor();
  await page.keyboard.press("v");
  await expect.poll(() => page.url()).toContain("view=original");
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "How tides work" }).waitFor();
  expect(await page.locator("iframe").getAttribute("sandbox")).toBe("");
  await frame.getByText("Harbours publish").waitFor();
  expect(complaints).toEqual([]);
});

test("one goes on to the next item of the list one came from", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  const rows = page.getByRole("row");
  await rows.first().waitFor();
  await page.keyboard.press("Home");
  await expect.poll(() => page.locator('[role="row"]:focus').count()).toBe(1);
  const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute("data-item")));
  await page.keyboard.press("Enter");
  await expect.poll(() => page.url()).toContain(`/item/${ids[0]}`);
  await page.locator("article.reading").waitFor();
  await page.keyboard.press("Shift+J");
  await expect.poll(() => page.url()).toContain(`/item/${ids[1]}`);
  await page.locator("article.reading").waitFor();
  await page.keyboard.press("Shift+K");
  await expect.poll(() => page.url()).toContain(`/item/${ids[0]}`);
  expect(complaints).toEqual([]);
});

test("another size keeps the place, and so does coming back", async () => {
  const content = Array.from(
    { length: 120 },
    (_, n) => `<p>Paragraph ${n + 1}. ${"Words follow words. ".repeat(20)}</p>`,
  );
  const id = await cortex.save({
    title: "A long text",
    content: content.join(""),
    content_type: "text/html",
  });
  const { page, complaints } = await cortex.open(browser, `/item/${id}`);
  const top = () =>
    page.evaluate(() => {
      const scroller = document.querySelector("article.reading")?.closest("[data-scroller]");
      const edge = scroller?.getBoundingClientRect().top ?? 0;
      const all = [...document.querySelectorAll("article.reading p")];
      return all.find((each) => each.getBoundingClientRect().bottom > edge + 4)?.textContent?.slice(0, 14);
    });
  await page
    .locator("article p")
    .nth(60)
    .evaluate((element) => element.scrollIntoView({ block: "start" }));
  await expect.poll(top).toMatch(/^Paragraph 61/);
  for (let press = 0; press < 5; press += 1) await page.keyboard.press("+");
  await expect.poll(top).toMatch(/^Paragraph 61/);
  await expect
    .poll(
      async () => (await cortex.call<{ read_progress: number }>("GET", `/api/items/${id}`)).read_progress,
      {
        timeout: 5_000,
      },
    )
    .toBeGreaterThan(0.4);
  await page.reload();
  await expect.poll(top).toMatch(/^Paragraph 6[01]/);
  // Whoever reads to the end and leaves at once has read it.
  const scroller = page.locator("[data-scroller]").filter({ has: page.locator("article.reading") });
  await scroller.evaluate(async (frame) => {
    const scrolled = new Promise((resolve) => frame.addEventListener("scroll", resolve, { once: true }));
    frame.scrollTop = frame.scrollHeight;
    await scrolled;
    document.querySelector<HTMLElement>('nav a[href="/tasks"]')?.click();
  });
  await page.waitForURL("**/tasks");
  const progress = async () =>
    (await cortex.call<{ read_progress: number }>("GET", `/api/items/${id}`)).read_progress;
  await expect.poll(progress).toBe(1);
  // So is what somebody came to who closes the tab at once, or only turns to another one.
  await page.goto(`${cortex.url}/item/${id}`);
  const shown = page.locator("article.reading p").nth(30);
  await shown.waitFor();
  const scrollTo = (element: Element) =>
    new Promise<void>((resolve) => {
      element.closest("[data-scroller]")?.addEventListener("scroll", () => resolve(), { once: true });
      element.scrollIntoView({ block: "start" });
    });
  await shown.evaluate(scrollTo);
  await page.close();
  await expect.poll(progress).toBeLessThan(0.5);
  expect(complaints).toEqual([]);
});

test("what failed says why and can be tried again", async () => {
  await cortex.upload(`${SAMPLES}broken.pdf`).catch(() => undefined);
  const { items } = await cortex.call<{ items: { id: string }[] }>("GET", "/api/items?status=failed");
  const { page, complaints } = await cortex.open(browser, `/item/${items[0]?.id}`);
  const alert = page.getByRole("alert").filter({ hasText: "What was saved is kept." });
  await alert.waitFor();
  await alert.getByRole("button").click();
  await expect.poll(() => page.getByText(/queued|again/i).count()).toBeGreaterThan(0);
  await alert.waitFor();
  expect(complaints).toEqual([]);
});

test("what is in the trash says so and can be restored", async () => {
  await cortex.call("DELETE", `/api/items/${tides}`);
  const { page, complaints } = await cortex.open(browser, `/item/${tides}`);
  await page.getByText("This is in the trash").waitFor();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => page.getByText("This is in the trash").count()).toBe(0);
  expect(complaints).toEqual([]);
});
