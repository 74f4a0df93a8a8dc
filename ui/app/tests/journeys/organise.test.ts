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
  await page.getByRole("button", { name: "Merge" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "#rivers", exact: true }).waitFor({ state: "detached" });
  expect(await counts()).toEqual({ river: 3 });
  await page.keyboard.press("Control+z");
  await page.getByRole("link", { name: "#rivers", exact: true }).waitFor();
  expect(await counts()).toEqual({ river: 2, rivers: 2 });
  expect(complaints).toEqual([]);
  await page.context().close();
});
