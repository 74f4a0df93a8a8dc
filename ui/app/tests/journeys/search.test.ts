import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await Promise.all(
    ["Cork", "Galway", "Sligo", "Bantry"].map((name) =>
      cortex.save({
        title: `The harbour of ${name}`,
        content: `${"Ships come and go all day. ".repeat(60)}\n\nThe lantern of ${name} was lit by whale oil until gas came.\n\n${"Boats rest at night. ".repeat(60)}`,
      }),
    ),
  );
}, 180_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("4: search, open the passage, come back to the same place, by keyboard", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("/");
  await page.getByRole("searchbox").waitFor();
  await page.keyboard.type("lantern whale oil");
  const results = page.locator("[data-result]");
  await expect.poll(() => results.count()).toBe(4);
  await page.keyboard.press("ArrowDown");
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest("[data-result]")?.getAttribute("data-result"));
  await expect.poll(focused).toBeTruthy();
  await page.keyboard.press("ArrowDown");
  const chosen = await results.nth(1).getAttribute("data-result");
  await expect.poll(focused).toBe(chosen);

  await page.keyboard.press("Enter");
  const cited = page.locator('article.reading mark[data-kind="cited"]');
  await expect.poll(async () => (await cited.allTextContents()).join("")).toContain("whale oil");
  expect(page.url()).toContain(`/item/${chosen}?at=`);
  await expect.poll(() => cited.first().evaluate((element) => element === document.activeElement)).toBe(true);
  const box = await cited.first().boundingBox();
  expect(box?.y).toBeGreaterThan(60);
  expect(box?.y).toBeLessThan(700);

  await page.keyboard.press("Escape");
  await expect.poll(() => page.url()).toContain("/search?q=lantern");
  await expect.poll(focused).toBe(chosen);
  await page.keyboard.press("Enter");
  await cited.first().waitFor();
  await page.goBack();
  await expect.poll(() => page.url()).toContain("/search?q=lantern");
  await expect.poll(focused).toBe(chosen);
  expect(complaints).toEqual([]);
});
