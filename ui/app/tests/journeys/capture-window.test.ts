import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { chooseTheme, THEMES } from "./themes";

/** The inside of the desktop app's small window. */
const SMALL = { width: 480, height: 260 };

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.call("POST", "/api/collections", { name: "Coasts" });
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

const field = (page: Page) => page.getByRole("textbox", { name: "A link, a note, or files" });
const isFocused = (page: Page) => field(page).evaluate((element) => element === document.activeElement);

/** The small window as the desktop app opens it, after the library. */
async function open() {
  const opened = await cortex.open(browser, "/library");
  await opened.page.goto(`${cortex.url}/capture`);
  await opened.page.setViewportSize(SMALL);
  await field(opened.page).waitFor();
  return opened;
}

test("a note is saved and taken back by keyboard alone, and Escape leaves", async () => {
  const { page, complaints } = await open();
  await expect.poll(() => isFocused(page)).toBe(true);
  expect(await page.getByRole("navigation").count()).toBe(0);
  await page.keyboard.type("Herons stand on one leg");
  await page.keyboard.press("Tab");
  await page.keyboard.type("birds, patience");
  await page.keyboard.press("Shift+Tab");

  // It is said before Cortex has answered.
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/api/items", async (route) => {
    await held;
    await route.continue();
  });
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  expect(await field(page).inputValue()).toBe("");
  expect(await isFocused(page)).toBe(true);
  answer();
  await expect
    .poll(async () => (await notes()).map((item) => item.tags.map((tag) => tag.name).sort()))
    .toEqual([["birds", "patience"]]);

  await page.keyboard.press("Tab");
  expect(
    await page.getByRole("button", { name: "Undo" }).evaluate((it) => it === document.activeElement),
  ).toBe(true);
  await page.keyboard.press("Enter");
  await page.getByText("Undone", { exact: true }).waitFor();
  expect(await notes()).toEqual([]);

  await page.keyboard.press("Escape");
  await page.waitForURL("**/library");
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a draft outlives the window and a stop of Cortex, and is saved when it is back", async () => {
  const { page } = await open();
  await page.keyboard.type("Written while ");
  await page.reload();
  await expect.poll(() => field(page).inputValue()).toBe("Written while ");
  await expect.poll(() => isFocused(page)).toBe(true);
  await page.keyboard.press("End");
  await cortex.kill();
  await page.keyboard.type("nobody answered");
  await page.keyboard.press("Enter");
  await page.getByText("This is kept here").waitFor();
  await cortex.run();
  await page.getByText("What you typed is kept").waitFor({ state: "detached" });
  await expect
    .poll(async () => (await notes()).map((item) => item.title))
    .toEqual(["Written while nobody answered"]);
  await page.context().close();
});

test("neither window writes over what was begun in another one", async () => {
  const { page } = await open();
  const large = await page.context().newPage();
  const second = await page.context().newPage();
  for (const each of [large, second]) {
    await each.goto(`${cortex.url}/library`);
    await each.getByRole("navigation", { name: "Main" }).waitFor();
  }
  await page.bringToFront();
  await field(page).fill("Begun in the small window");
  await large.bringToFront();
  await large.keyboard.press("c");
  expect(await field(large).inputValue()).toBe("");
  await field(large).fill("Begun in a tab");
  await second.bringToFront();
  await second.keyboard.press("c");
  await expect.poll(() => field(second).inputValue()).toBe("Begun in a tab");
  await second.keyboard.press("Enter");
  await second.getByText("Saved: Begun in a tab").waitFor();
  await expect.poll(() => field(large).inputValue()).toBe("");
  await page.reload();
  await expect.poll(() => field(page).inputValue()).toBe("Begun in the small window");
  await page.context().close();
});

test("what is refused stays in the field, with the reason", async () => {
  const { page } = await open();
  await page.keyboard.insertText("http://[no-address");
  await page.keyboard.press("Enter");
  await expect.poll(() => field(page).inputValue()).toBe("http://[no-address");
  await page.locator(".text-danger").waitFor();
  await page.context().close();
});

test("everything fits into the small window, and axe finds nothing in any theme", async () => {
  const url = "https://example.org/saved";
  await cortex.save({ url, content: "<p>A page that was saved before.</p>", content_type: "text/html" });
  const { page, complaints } = await open();
  await page.keyboard.insertText(url);
  for (const theme of THEMES) {
    await chooseTheme(page, theme);
    await page.reload();
    await page.getByText("Saved already").waitFor();
    await page.getByRole("button", { name: /Collection/ }).waitFor();
    expect(await axe(page), theme).toEqual([]);
    const overflow = await page.evaluate(() => {
      const main = document.getElementById("main");
      return main ? [main.scrollWidth - main.clientWidth, main.scrollHeight - main.clientHeight] : null;
    });
    expect(overflow).toEqual([0, 0]);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

async function notes(): Promise<{ title: string; tags: { name: string }[] }[]> {
  const answer = await cortex.call<{ items: { title: string; tags: { name: string }[] }[] }>(
    "GET",
    "/api/items?kind=note&limit=10",
  );
  return answer.items;
}
