import { createServer, type Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";

const PAGE = `<!doctype html><html lang="en"><head><title>The lighthouse of Skerry Point</title></head><body><article><h1>The lighthouse of Skerry Point</h1>
<p>The lighthouse was built in 1871 by Ada Moreland, who lived beside it for forty years and wrote down every storm.</p>
<p>It was automated in 1984, after the last keeper had left it, and the cottage is a museum today.</p></article></body></html>`;
/** Pages are never fetched from loopback; those of a private network are where the owner allows it. */
const HOST = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(
    ({ address, internal }) =>
      !internal && /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cd])/i.test(address),
  )?.address;

const NO_HOST = "this machine has no address in a private network for Cortex to fetch a page from";

/** A Cortex is started for each: a first start happens once. */
vi.setConfig({ testTimeout: 150_000 });

let site: Server;
let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  site = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(PAGE);
  });
  [browser] = await Promise.all([launch(), new Promise<void>((resolve) => site.listen(0, HOST, resolve))]);
});
beforeEach(async () => {
  cortex = await Cortex.start({ CORTEX_FETCH_PRIVATE_NETWORKS: "true" });
});
afterEach(() => cortex.stop());
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => site.close(resolve));
});

test("journey 1: a first start, everything skipped, an address pasted and read, by keyboard alone", async ({
  skip,
}) => {
  if (HOST === undefined) console.warn(`Skipped: ${NO_HOST}`);
  skip(HOST === undefined, NO_HOST);
  const { page, complaints } = await cortex.open(browser, "/");
  await page.getByRole("heading", { name: "Save something" }).waitFor();
  expect(page.url()).toBe(`${cortex.url}/welcome`);
  await tabTo(page, "Skip everything");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Your library is empty" }).waitFor();

  await page.keyboard.press("c");
  await page.getByRole("dialog", { name: "Save to your library" }).waitFor();
  const { port } = site.address() as AddressInfo;
  await page.keyboard.insertText(`http://${isIPv6(HOST ?? "") ? `[${HOST}]` : HOST}:${port}/lighthouse`);
  await page.keyboard.press("Enter");
  const row = page.getByRole("row").filter({ hasText: "The lighthouse of Skerry Point" });
  await row.waitFor({ timeout: 90_000 });
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("article").getByText("built in 1871 by Ada Moreland").first().waitFor();

  await page.goto(cortex.url);
  await page.waitForURL(`${cortex.url}/library`);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("both steps can be gone through: a sample text, then who answers", async () => {
  const { page, complaints } = await cortex.open(browser, "/");
  await page.getByRole("button", { name: "Use a sample text" }).click();
  await page.getByRole("heading", { name: "Who answers your questions" }).waitFor();
  await page.getByText("Not found on this device").waitFor();
  await page.getByText("Now: On this device · no language model").waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Save something" }).waitFor();
  await page.goForward();
  await page.getByRole("button", { name: "Open the library" }).click();
  await page.getByRole("row").filter({ hasText: "How to get the most out of Cortex" }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a library with something in it is shown at once", async () => {
  await cortex.call("POST", "/api/items", { content: "Something is here already." });
  const { page } = await cortex.open(browser, "/");
  await page.waitForURL(`${cortex.url}/library`);
  await page.context().close();
});

test("nothing is wrong with the second step, and on a phone nothing scrolls sideways", async () => {
  const { page, complaints } = await cortex.open(browser, "/welcome");
  await page.goto(`${cortex.url}/welcome?step=models`);
  await page.getByText("Not found on this device").waitFor();
  expect(await axe(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.querySelector("main")?.scrollWidth)).toBeLessThanOrEqual(320);
  expect(complaints).toEqual([]);
  await page.context().close();
});

/** Press Tab until what has this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole("button", { name });
  for (let presses = 0; presses < 40; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${name} cannot be reached with Tab.`);
}
