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

test("signing in again takes the place of the session before, in every tab", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  const sessions = async () =>
    (await cortex.call<{ items: { id: string }[] }>("GET", "/api/auth/sessions")).items;
  const before = await sessions();
  const again = await page.context().newPage();
  const { ticket } = await cortex.call<{ ticket: string }>("POST", "/api/auth/tickets", {
    purpose: "session",
  });
  await again.goto(`${cortex.url}/library?ticket=${ticket}`);
  await again.getByRole("navigation", { name: "Main" }).waitFor();
  await expect.poll(async () => (await sessions()).length).toBe(before.length);
  expect((await sessions()).map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
  await cortex.save({ content: "Both tabs go on." });
  for (const tab of [page, again])
    await tab.getByRole("row").filter({ hasText: "Both tabs go on" }).waitFor();
  await page.context().close();
});

test("what is on its way while another tab signs in is done all the same", async () => {
  const { page } = await cortex.open(browser, "/library");
  const sessions = async () =>
    (await cortex.call<{ items: { id: string }[] }>("GET", "/api/auth/sessions")).items;
  const before = await sessions();
  let send: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    send = resolve;
  });
  await page.route(
    "**/api/items",
    async (route) => {
      await held;
      await route.continue();
    },
    { times: 1 },
  );
  await page.keyboard.press("c");
  await page.getByRole("dialog").getByRole("textbox").first().fill("Sent by the old session");
  const first = page.waitForRequest((request) => request.method() === "POST" && isItems(request.url()));
  await page.keyboard.press("Enter");
  await first;

  const again = await page.context().newPage();
  const { ticket } = await cortex.call<{ ticket: string }>("POST", "/api/auth/tickets", {
    purpose: "session",
  });
  await again.goto(`${cortex.url}/library?ticket=${ticket}`);
  const isGone = async () => {
    const now = (await sessions()).map(({ id }) => id);
    return now.length === before.length && !before.every(({ id }) => now.includes(id));
  };
  await expect.poll(isGone).toBe(true);
  const refused = page.waitForResponse((response) => response.status() === 401);
  send();
  expect(isItems((await refused).url())).toBe(true);
  await page.getByText("Saved: Sent by the old session").waitFor();
  expect(await page.getByRole("navigation", { name: "Main" }).isVisible()).toBe(true);
  await page.context().close();
});

const isItems = (url: string) => new URL(url).pathname === "/api/items";

test("without a session the page says how to sign in", async () => {
  const page = await browser.newPage();
  await page.goto(`${cortex.url}/item/item_of_an_old_bookmark`);
  await expect.poll(() => page.getByText("cortex open").isVisible()).toBe(true);
  await page.close();
});
