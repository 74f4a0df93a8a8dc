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

const NOTES = 12;

test("the open item and its highlights are not read again while other items are processed", async () => {
  const book = await cortex.save({
    title: "A book",
    content: `# A book\n\n${"It goes on. ".repeat(200)}`,
  });
  const { page } = await cortex.open(browser, `/item/${book}`);
  await page.getByRole("heading", { name: "A book" }).first().waitFor();
  await page.waitForLoadState("networkidle");
  const asked: Record<string, number> = {};
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked[pathname] = (asked[pathname] ?? 0) + 1;
  });
  const library = await page.context().newPage();
  await library.goto(`${cortex.url}/library`);
  await library.getByRole("row").filter({ hasText: "A book" }).waitFor();
  let lists = 0;
  library.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/items") lists += 1;
  });
  const started = Date.now();
  for (let index = 0; index < NOTES; index += 1)
    await cortex.call("POST", "/api/items", { title: `Note ${index}`, content: `Note ${index} on tides.` });
  await expect
    .poll(async () => (await cortex.call<{ total: number }>("GET", "/api/items?status=ready")).total, {
      timeout: 50_000,
    })
    .toBe(NOTES + 1);
  await library
    .getByText(/new items/)
    .or(library.getByRole("row").filter({ hasText: "Note 11" }))
    .first()
    .waitFor();
  const seconds = (Date.now() - started) / 1_000;
  expect(asked[`/api/items/${book}`] ?? 0).toBe(0);
  expect(asked[`/api/items/${book}/highlights`] ?? 0).toBe(0);
  // Lists are read at once, and then no more often than every two seconds, by each kind of event that concerns them.
  expect(lists).toBeLessThanOrEqual(2 + Math.ceil(seconds / 2));

  // What concerns the open item itself comes at once, and without its text.
  const answers: string[] = [];
  page.on("response", (response) => {
    if (response.url().includes(`/api/items/${book}`)) answers.push(new URL(response.url()).search);
  });
  await cortex.call("PUT", `/api/items/${book}`, { title: "Another title" });
  await page.getByRole("heading", { name: "Another title" }).first().waitFor();
  expect(answers).toContain("?content=false");
  expect(answers).not.toContain("");
  await page.context().close();
});
