import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.save({ content: "Something to begin with." });
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("a view that was not opened before is shown once Cortex is back; the page is never lost", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.getByRole("row").filter({ hasText: "Something to begin with" }).waitFor();
  let loads = 0;
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() && !frame.url().startsWith(cortex.url)) loads += 1;
  });
  await cortex.kill();
  await page.getByRole("link", { name: "Organise" }).click();
  await page.getByText(/restarting or has stopped/).waitFor();
  await cortex.run();
  await page.getByRole("heading", { name: "Tags" }).first().waitFor();
  expect(page.url()).toBe(`${cortex.url}/organise/tags`);
  expect(loads).toBe(0);
  await page.context().close();
});

test("what is opened before all of the program was loaded comes once Cortex is back", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.route(/capture-dialog-.*\.js/, (route) => route.abort("connectionrefused"), { times: 1 });
  await page.reload();
  await page.getByRole("row").filter({ hasText: "Something to begin with" }).waitFor();
  await page.keyboard.press("c");
  await page.getByRole("dialog", { name: "Save to your library" }).waitFor();
  await page.context().close();
});
