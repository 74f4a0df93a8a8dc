import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { chooseTheme, THEMES } from "./themes";
import { VIEWS } from "./views";

let cortex: Cortex;
let browser: Browser;
let reader: string;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  const tags = ["zqtag"];
  const id = await cortex.save({ title: "Zq lighthouse", content: "Zq lighthouse, zq harbour.", tags });
  await cortex.save({ title: "Zq harbour", content: "Zq harbour, zq lighthouse.", tags });
  await cortex.call("POST", "/api/tasks", { title: "Zq task" });
  reader = `/item/${id}`;
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

/** Go there and wait until the heading is shown and nothing is on the way. */
async function show(page: Page, path: string): Promise<void> {
  await page.goto(cortex.url + path);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await expect.poll(() => page.locator("[aria-busy=true]").count(), { timeout: 10_000 }).toBe(0);
}

const DATE = /^[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?|^[A-Z][a-z]{2,8} \d{4}$/;
const all = () => Object.entries({ ...VIEWS, reader });

test.each(THEMES)("axe finds nothing on any view: %s", async (theme) => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await chooseTheme(page, theme);
  const found: Record<string, string[]> = {};
  for (const [name, path] of all()) {
    await show(page, path);
    const violations = await axe(page);
    if (violations.length > 0) found[name] = violations;
  }
  expect(found).toEqual({});
  // Chromium without a graphics card says this of what axe reads of the graph.
  expect(complaints.filter((complaint) => !complaint.includes("GPU stall"))).toEqual([]);
  await page.context().close();
});

test("axe finds nothing on what opens over a view", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();
  for (const keys of ["Control+k", "Shift+?", "c", "Shift+F10", "t", "m", "n"]) {
    await page.keyboard.press(keys);
    await page.locator("[role=dialog], [role=menu]").first().waitFor();
    const found = await axe(page);
    // The palette's list is walked, and scrolled, from its field by arrow keys; axe knows that of list boxes alone.
    const isWalked = (each: string) => keys === "Control+k" && each.startsWith("scrollable-region-focusable");
    expect(
      found.filter((each) => !isWalked(each)),
      keys,
    ).toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator("[role=dialog], [role=menu]").first().waitFor({ state: "detached" });
  }
  await page.context().close();
});

test("on a phone, with twice the text size or in the browser's own colours, nothing goes off sideways", async () => {
  const { page } = await cortex.open(browser, "/library", { forcedColors: "active" });
  const wide: string[] = [];
  for (const scale of [1, 2]) {
    await page.evaluate((textScale) => {
      localStorage.setItem("cortex-preferences", JSON.stringify({ state: { textScale }, version: 1 }));
    }, scale);
    await page.setViewportSize({ width: scale === 1 ? 320 : 640, height: 640 });
    for (const [name, path] of all()) {
      await show(page, path);
      const beyond = await page.evaluate(() => {
        const main = document.querySelector("main") ?? document.body;
        return Math.max(main.scrollWidth - main.clientWidth, document.body.scrollWidth - innerWidth);
      });
      if (beyond > 0) wide.push(`${name} at ${scale}: ${beyond} px`);
    }
  }
  expect(wide).toEqual([]);
  await page.context().close();
});

test("every word comes from the catalogue", async () => {
  const { page } = await cortex.open(browser, "/library");
  const forgotten: Record<string, string[]> = {};
  let data = "";
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.startsWith("/api/") && !response.url().includes("/events"))
      response.text().then(
        (text) => {
          data += text + text.replaceAll("`", ""); // marks of a terminal are not shown
        },
        () => undefined, // of a page that was left
      );
  });
  for (const [name, path] of all()) {
    await show(page, `${path}${path.includes("?") ? "&" : "?"}locale=pseudo`);
    const plain = await page.evaluate(() => {
      const found: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.textContent?.trim() ?? "";
        const element = node.parentElement;
        if (/\p{L}{3}/u.test(text) && element?.checkVisibility() && !element.closest("kbd, time, code, pre"))
          found.push(text);
      }
      return found;
    });
    // What the catalogue says is in these brackets; what the server says, and dates, are data.
    const left = plain.filter(
      (text) =>
        !/[⟦⟧]/u.test(text) &&
        !data.includes(JSON.stringify(text).slice(1, -1)) &&
        !/zq/i.test(text) &&
        !DATE.test(text) &&
        // The name of this browser.
        !text.startsWith("Chromium, "),
    );
    if (left.length > 0) forgotten[name] = [...new Set(left)];
  }
  expect(forgotten).toEqual({});
  await page.context().close();
});
