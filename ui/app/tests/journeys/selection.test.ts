/** What is selected, what is done with it, and that nothing else is. */
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  for (const [title, tags] of [
    ["Ferries", ["sea"]],
    ["Gulls", ["sea"]],
    ["Harbours", ["sea"]],
    ["Inland", []],
  ])
    await cortex.save({ title, content: `About ${title}.`, tags });
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});
beforeEach(async () => {
  ({ page } = await cortex.open(browser, "/library"));
  await row("Inland").waitFor();
  return () => page.context().close();
});

// Not by its role: behind a dialog rows have none.
const row = (title: string) => page.locator("[data-item]").filter({ hasText: title });
const tick = (title: string) => row(title).getByRole("checkbox").press("Space");
const bar = (name: string) => page.getByRole("toolbar", { name });
const idsOf = async (title: string) => {
  const { items } = await cortex.call<{ items: { id: string; title: string }[] }>("GET", "/api/items");
  return items.filter((item) => item.title === title).map((item) => item.id);
};
const titles = async (query: string) => {
  const { items } = await cortex.call<{ items: { title: string }[] }>("GET", `/api/items?${query}`);
  return items.map((item) => item.title).sort();
};

test("a selection ends with the list that it was made in", async () => {
  await tick("Ferries");
  await tick("Gulls");
  await bar("2 selected").waitFor();
  await page.getByRole("link", { name: "Trash" }).click();
  await page.getByText("The trash is empty").waitFor();
  expect(await page.getByRole("toolbar").count()).toBe(0);
  await page.getByText("What you delete stays here for 30 days.").waitFor();

  await page.goto(`${cortex.url}/library?tag=sea`);
  await row("Harbours").waitFor();
  await page.keyboard.press("Control+a");
  await bar("3 selected").waitFor();
  await page.getByText("All 3 selected").waitFor();
  await page.getByRole("button", { name: "Remove filter #sea" }).click();
  await row("Inland").waitFor();
  expect(await page.getByRole("toolbar").count()).toBe(0);
});

test("what is gone is neither selected nor left out", async () => {
  const [gulls = ""] = await idsOf("Gulls");
  await page.keyboard.press("Control+a");
  await tick("Gulls");
  await bar("3 selected").waitFor();
  await cortex.call("DELETE", `/api/items/${gulls}`);
  await row("Gulls").waitFor({ state: "detached" });
  await bar("3 selected").waitFor();
  await cortex.call("POST", `/api/items/${gulls}/restore`);
  await row("Gulls").waitFor();
  await bar("4 selected").waitFor();
});

test("all but one are tagged, at once", async () => {
  await page.keyboard.press("Control+a");
  await page.getByText("All 4 selected").waitFor();
  await tick("Gulls");
  await bar("3 selected").waitFor();
  expect(await row("Gulls").getAttribute("aria-selected")).toBe("false");
  expect(await row("Inland").getAttribute("aria-selected")).toBe("true");
  // What is asked for is shown before it is answered.
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/api/items/bulk", async (route) => {
    await held;
    await route.continue();
  });
  await page.keyboard.press("t");
  await page.getByRole("dialog", { name: "Tag 3 items" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("INPUT");
  // In the field, all is its text; what is selected behind it stays.
  await page.keyboard.type("mistyped");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("kept");
  await page.keyboard.press("Enter");
  await row("Inland").getByText("#kept").waitFor();
  answer();
  await page.getByText("3 items tagged").waitFor();
  expect(await titles("tag=kept")).toEqual(["Ferries", "Harbours", "Inland"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await row("Inland").getByText("#kept").waitFor({ state: "detached" });

  // What is refused is taken back, with the reason.
  await page.unroute("**/api/items/bulk");
  let refused = 0;
  await page.route("**/api/items/bulk", async (route) => {
    await route.fulfill({ status: 409, json: { error: "conflict", message: "Not now, please." } });
    refused += 1;
  });
  await page.keyboard.press("Escape");
  await tick("Gulls");
  await bar("1 selected").getByRole("button", { name: "Archive" }).click();
  await page.getByText("Not now, please.").waitFor();
  await row("Gulls").waitFor();
  await bar("1 selected").waitFor();
  await page.keyboard.press("e");
  await expect.poll(() => refused).toBe(2);
  await bar("1 selected").waitFor();
});

test("what goes to the trash comes back, or is deleted for good and said to be", async () => {
  let done = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/api/items/bulk")) done += 1;
  });
  await tick("Ferries");
  await tick("Gulls");
  await tick("Harbours");
  await bar("3 selected").getByRole("button", { name: "Move to the trash" }).click();
  await page.getByText("3 items moved to the trash").waitFor();
  await page.getByRole("link", { name: "Trash" }).click();
  await row("Ferries").click({ button: "right" });
  const menu = page.getByRole("menu");
  const offered = (await menu.getByRole("menuitem").allTextContents()).join();
  expect(offered).toContain("Restore");
  expect(offered).not.toMatch(/Tag|Move|Note|Archive/);
  await menu.getByRole("menuitem", { name: "Delete for good" }).click();
  const asked = page.getByRole("alertdialog");
  await asked.getByText("This item is deleted for good").waitFor();
  await page.keyboard.press("e");
  await asked.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("Deleted for good").waitFor();
  await row("Ferries").waitFor({ state: "detached" });
  await row("Gulls").hover();
  await row("Gulls").getByRole("button").press("Enter");
  await menu.getByRole("menuitem", { name: "Restore" }).click();
  await row("Gulls").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unread" }).waitFor();
  expect(await page.getByRole("dialog").getByRole("button", { name: "Archived" }).count()).toBe(0);
  await page.keyboard.press("Escape");
  // What comes into the trash while it is asked is not deleted unseen.
  const empty = page.getByRole("button", { name: "Empty the trash" });
  await empty.click();
  await asked.getByText("This item is deleted for good").waitFor();
  const [inland = ""] = await idsOf("Inland");
  await cortex.call("DELETE", `/api/items/${inland}`);
  await asked.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("By now these are 2 items, not 1. Nothing was changed.").waitFor();
  expect(await titles("trashed=true")).toEqual(["Harbours", "Inland"]);
  await cortex.call("POST", `/api/items/${inland}/restore`);
  await row("Inland").waitFor({ state: "detached" });
  await empty.click();
  await asked.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("The trash is empty").waitFor();
  await expect.poll(() => titles("trashed=true")).toEqual([]);
  expect(await titles("")).toEqual(["Gulls", "Inland"]);
  // To the trash, for good, restored, for good: no key reaches what is behind a dialog.
  expect(done).toBe(5);
  // An address from elsewhere may say what means nothing here.
  await page.goto(`${cortex.url}/library/trash?archived=true&kind=link`);
  await page.getByText("The trash is empty").waitFor();
  expect(await page.getByRole("button", { name: /Remove filter/ }).count()).toBe(0);
});

test("the menu says what it will do; a card is ticked and marked as a row is", async () => {
  const menu = page.getByRole("menu");
  await row("Inland").click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Keep on this device only" }).click();
  await row("Inland").getByLabel("This item never leaves this device").waitFor();
  await row("Inland").click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Allow to leave this device" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("v");
  await row("Inland").getByLabel("This item never leaves this device").waitFor();
  await tick("Inland");
  await bar("1 selected").waitFor();
  expect(await axe(page)).toEqual([]);
});

test("filters for what is unread or failed, and for a tag found by its name", async () => {
  const { items } = await cortex.call<{ items: { id: string; title: string }[] }>("GET", "/api/items");
  const gulls = items.find(({ title }) => title === "Gulls")?.id;
  await cortex.call("PUT", `/api/items/${gulls}`, { read_progress: 1 });
  await page.getByRole("button", { name: "Filter" }).click();
  const filters = page.getByRole("dialog", { name: "Filter" });
  await filters.getByRole("button", { name: "Unread" }).click();
  await row("Gulls").waitFor({ state: "detached" });
  await filters.getByRole("button", { name: "Unread" }).click();
  await filters.getByRole("textbox").fill("se");
  await filters.getByRole("button", { name: "#sea" }).click();
  await row("Inland").waitFor({ state: "detached" });
  expect(await axe(page)).toEqual([]);
  await filters.getByRole("textbox").fill("fail");
  await filters.getByRole("button", { name: "Failed" }).click();
  await page.getByText("Nothing fits these filters").waitFor();
});

test("rows and cards grow with the text, and cover nothing", async () => {
  const spills = () =>
    page.getByRole("row").evaluateAll((rows) => {
      const boxes = rows.map((each) => each.getBoundingClientRect());
      const isCovered = boxes.some((box, index) => {
        const next = boxes[index + 1];
        return next !== undefined && next.top > box.top && next.top < box.bottom - 1;
      });
      return isCovered || rows.some((each) => each.scrollHeight > each.clientHeight + 1);
    });
  const heights: Record<string, number | undefined> = {};
  for (const scale of [1, 1.25, 2]) {
    for (const density of ["comfortable", "compact"]) {
      await page.evaluate(
        (state) => localStorage.setItem("cortex-preferences", JSON.stringify({ state, version: 1 })),
        { textScale: scale, density, welcomed: true },
      );
      await page.goto(`${cortex.url}/library`);
      await row("Inland").waitFor();
      expect(await spills(), `rows ${density} ${scale}`).toBe(false);
      heights[`${density} ${scale}`] = (await row("Inland").boundingBox())?.height;
    }
    await page.goto(`${cortex.url}/library?view=cards`);
    await row("Inland").waitFor();
    expect(await spills(), `cards ${scale}`).toBe(false);
  }
  expect(heights).toMatchObject({
    "comfortable 1": 72,
    "compact 1": 44,
    "comfortable 2": 144,
    "compact 2": 88,
  });
});
