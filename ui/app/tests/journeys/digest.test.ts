import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
const ids: string[] = [];
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  for (let n = 0; n < 2; n += 1) {
    const { id } = await cortex.call<{ id: string }>("POST", "/api/digests");
    ids.push(id);
    for (;;) {
      const { status } = await cortex.call<{ status: string }>("GET", `/api/digests/${id}`);
      if (status === "ready") break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}, 60_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("earlier digests are a sheet where there is little room; one that is deleted elsewhere is gone here", async () => {
  const { page } = await cortex.open(browser, "/digest", { viewport: { width: 800, height: 700 } });
  await page.getByRole("button", { name: "Earlier digests" }).press("Enter");
  const sheet = page.getByRole("dialog", { name: "Earlier digests" });
  await sheet.getByRole("link").last().waitFor();
  expect(await axe(page)).toEqual([]);
  await sheet.getByRole("link").last().press("Enter");
  await sheet.waitFor({ state: "detached" });
  await expect.poll(() => page.url()).toContain(`/digest/${ids[0]}`);
  const open = page.getByRole("button", { name: "Delete this digest" });
  await open.waitFor();

  await cortex.call("DELETE", `/api/digests/${ids[0]}`);
  await page.getByText("This digest was deleted").waitFor();
  expect(await open.count()).toBe(0);
  await page.getByRole("button", { name: "Show the latest one" }).press("Enter");
  await open.waitFor();
  await page.context().close();
});
