import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("a ticket signs the browser in and leaves no trace in the address", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  expect(page.url()).toBe(`${cortex.url}/library`);
  await page.reload();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  expect(complaints).toEqual([]);
});

test("without a session the page says how to sign in", async () => {
  const page = await browser.newPage();
  await page.goto(`${cortex.url}/item/item_of_an_old_bookmark`);
  await expect.poll(() => page.getByText("cortex open").isVisible()).toBe(true);
  await page.close();
});
