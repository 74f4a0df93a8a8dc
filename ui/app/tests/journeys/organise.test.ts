import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.save({ content: "On rivers.", tags: ["river"] });
  await cortex.save({ content: "On more rivers.", tags: ["rivers"] });
  await cortex.save({ content: "On both.", tags: ["river", "rivers"] });
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

async function counts(): Promise<Record<string, number>> {
  const { items } = await cortex.call<{ items: { name: string; count: number; by_user: number }[] }>(
    "GET",
    "/api/tags",
  );
  return Object.fromEntries(items.filter((tag) => tag.by_user > 0).map((tag) => [tag.name, tag.count]));
}

async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole("button", { name, exact: true });
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${name} cannot be reached with Tab.`);
}

test("11: tags are merged and parted again by keyboard alone; counts agree", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.getByRole("link", { name: "#rivers", exact: true }).waitFor();
  expect(await counts()).toEqual({ river: 2, rivers: 2 });
  await tabTo(page, "Rename #rivers");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "New name" }).waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("river");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Merge", exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Tags merged").waitFor();
  expect(await counts()).toEqual({ river: 3 });
  await page.getByRole("link", { name: "#rivers", exact: true }).waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await page.getByRole("link", { name: "#rivers", exact: true }).waitFor();
  expect(await counts()).toEqual({ river: 2, rivers: 2 });
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("all tags can be shown, a search that finds none says so, and what may be the same is merged at once", async () => {
  const many = Array.from({ length: 250 }, (_, index) => `zz${String(index).padStart(3, "0")}`);
  for (const from of [0, 90, 180])
    await cortex.save({ content: `With tags from ${from}.`, tags: many.slice(from, from + 90) });
  const lonely = await cortex.save({ content: "Once tagged.", tags: ["lonely"] });
  await cortex.call("PUT", `/api/items/${lonely}`, { tags: [] });
  const { page, complaints } = await cortex.open(browser, "/organise/tags");
  const rows = page.locator("main li[data-tag]");
  await expect.poll(() => rows.count()).toBe(200);
  const first = await rows.first().getAttribute("data-tag");
  await page.getByRole("button", { name: /^Show \d+ more$/ }).click();
  await expect.poll(() => rows.count()).toBeGreaterThan(250);
  expect(await rows.first().getAttribute("data-tag")).toBe(first);

  await page.getByRole("searchbox", { name: "Find a tag" }).fill("qqq");
  await page.getByRole("heading", { name: "No tag begins with “qqq”" }).waitFor();
  expect(await page.getByText("No tags yet").count()).toBe(0);
  await page.getByRole("button", { name: "Show all tags" }).click();

  await page.getByRole("button", { name: "Delete #lonely" }).click();
  await page.getByText("#lonely").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Merge #rivers into #river" }).click();
  await page.getByText("Tags merged").waitFor();
  expect((await counts()).river).toBe(3);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(async () => (await counts()).rivers).toBe(2);

  await page.getByRole("button", { name: "Rename #zz000" }).click();
  const field = page.getByRole("textbox", { name: "New name" });
  await field.fill("zz-first");
  await field.press("Escape");
  await expect.poll(() => page.locator("button:focus").count()).toBe(1);
  expect(
    await page
      .getByRole("button", { name: "Rename #zz000" })
      .evaluate((each) => each === document.activeElement),
  ).toBe(true);
  await page.getByRole("button", { name: "Rename #zz000" }).click();
  expect(await field.inputValue()).toBe("zz000");
  await field.fill("zz-first");
  await field.press("Enter");
  await page.getByRole("link", { name: "#zz-first", exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});
