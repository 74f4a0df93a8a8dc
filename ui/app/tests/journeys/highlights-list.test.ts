import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { chooseTheme, THEMES } from "./themes";

let cortex: Cortex;
let browser: Browser;
let harbour: string;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

const focusedQuote = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.closest("[data-place]")?.querySelector("[data-colour]")?.textContent,
  );

/** Choose a command of the palette, as hands on the keyboard do. */
async function command(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Commands and search" });
  await palette.waitFor();
  await page.keyboard.type(`>${name}`);
  await palette.getByRole("menuitem", { name }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

async function mark(item: string, quote: string, more: Record<string, unknown> = {}): Promise<void> {
  const { content_text } = await cortex.call<{ content_text: string }>("GET", `/api/items/${item}`);
  const start = content_text.indexOf(quote);
  await cortex.call("POST", `/api/items/${item}/highlights`, {
    quote,
    start,
    end: start + quote.length,
    ...more,
  });
}

test("without highlights the list says how they are made", async () => {
  const { page, complaints } = await cortex.open(browser, "/search?in=highlights");
  await page.getByRole("heading", { name: "Nothing is highlighted yet" }).waitFor();
  expect(await page.getByRole("button", { name: "Export" }).isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test("find a highlight by its note, open it, come back, narrow down and export, by keyboard", async () => {
  harbour = await cortex.save({
    title: "The harbour of Cork",
    content: `${"Ships come and go all day. ".repeat(60)}\n\nThe lantern was lit by whale oil until gas came.\n\n${"Boats rest at night. ".repeat(60)}`,
  });
  const other = await cortex.save({ title: "Far away", content: "Nothing of the kind stands here." });
  await mark(harbour, "lit by whale oil", { note: "quokkas need *none*", colour: "green" });
  await mark(harbour, "Boats rest at night.");
  await mark(other, "Nothing of the kind", { note: "=1+1", colour: "pink" });
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();

  await command(page, "Show all highlights");
  await page.getByRole("searchbox", { name: "Search your highlights and notes" }).waitFor();
  const rows = page.locator("[data-place]");
  await expect.poll(() => rows.count()).toBe(3);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focusedQuote(page)).toBe("Nothing of the kind");
  await page.keyboard.press("End");
  await expect.poll(() => focusedQuote(page)).toBe("lit by whale oil");
  await page.keyboard.press("k");
  await expect.poll(() => focusedQuote(page)).toBe("Boats rest at night.");

  await page.keyboard.press("/");
  await page.keyboard.type("quokka");
  await expect.poll(() => rows.count()).toBe(1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const cited = page.locator('article.reading mark[data-kind="cited"]');
  await expect.poll(async () => (await cited.allTextContents()).join("")).toBe("lit by whale oil");
  expect(page.url()).toContain(`/item/${harbour}?at=`);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.url()).toContain("in=highlights");
  await expect.poll(() => focusedQuote(page)).toBe("lit by whale oil");

  await page.keyboard.press("Shift+Tab");
  const exporting = page.getByRole("button", { name: "Export" });
  await exporting.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "As Markdown" }).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(file.suggestedFilename()).toMatch(/^cortex-highlights-\d{4}-\d\d-\d\d\.md$/);
  const markdown = await readFile(await file.path(), "utf8");
  expect(markdown).toContain("## The harbour of Cork\n\n> lit by whale oil\n\nquokkas need \\*none\\*\n");
  expect(markdown).toContain(`[Open in Cortex](${cortex.url}/item/${harbour}?at=`);
  expect(markdown).not.toContain("Far away");

  await page.keyboard.press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect.poll(() => rows.count()).toBe(3);
  await page.getByRole("button", { name: "Only pink ones" }).focus();
  await page.keyboard.press("Space");
  await expect.poll(() => rows.count()).toBe(1);
  expect(page.url()).toContain("colour=");
  await exporting.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "As a table (CSV)" }).waitFor();
  await page.keyboard.press("ArrowDown");
  const [table] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(await readFile(await table.path(), "utf8")).toContain("Nothing of the kind,'=1+1,pink");
  expect(complaints).toEqual([]);
});

test("a search says that a highlight was found, and opens there", async () => {
  const { page, complaints } = await cortex.open(browser, "/search?q=quokkas");
  const result = page.locator(`[data-result="${harbour}"]`);
  await result.waitFor();
  expect(await result.innerText()).toContain("highlight");
  await page.getByRole("searchbox").press("Enter");
  const cited = page.locator('article.reading mark[data-kind="cited"]');
  await expect.poll(async () => (await cited.allTextContents()).join("")).toBe("lit by whale oil");
  expect(complaints).toEqual([]);
});

test("an item's highlights are copied and exported from the reader", async () => {
  const { page, complaints } = await cortex.open(browser, `/item/${harbour}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.locator("article.reading mark").first().waitFor();
  await command(page, "Copy highlights as Markdown");
  await page.getByText("Highlights copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.match(/^> .*$/gm)).toEqual(["> lit by whale oil", "> Boats rest at night."]);
  const [file] = await Promise.all([page.waitForEvent("download"), command(page, "Export highlights")]);
  expect(await readFile(await file.path(), "utf8")).toBe(copied);
  expect(complaints).toEqual([]);
});

test("a change elsewhere shows in the list; a failure is said", async () => {
  const { page } = await cortex.open(browser, "/search?in=highlights");
  await expect.poll(() => page.locator("[data-place]").count()).toBe(3);
  await mark(harbour, "Ships come and go all day.");
  await expect.poll(() => page.locator("[data-place]").count()).toBe(4);
  await page.route("**/api/highlights?**", (route) =>
    route.fulfill({ status: 500, json: { error: "internal_error", message: "The disk is gone." } }),
  );
  await page.getByRole("searchbox").fill("lantern");
  await page.getByText("The disk is gone.").waitFor();
  await page.unroute("**/api/highlights?**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "No highlight fits" }).waitFor();
});

test("of many only those in view are in the document", async () => {
  const words = Array.from({ length: 450 }, (_, index) => `word${index}`);
  const long = await cortex.save({ title: "Many", content: words.join(" ") });
  onTestFinished(() => cortex.call("DELETE", `/api/items/${long}?permanent=true`));
  for (const word of words) await mark(long, word);
  const { page, complaints } = await cortex.open(browser, "/search?in=highlights");
  await page.getByText("454 highlights").waitFor();
  const rows = page.locator("[data-place]");
  await rows.first().waitFor();
  expect(await rows.count()).toBeLessThan(60);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focusedQuote(page)).toBe("word449");
  for (const [place, expected] of [
    [199, "word250"],
    [399, "word50"],
    [453, "lit by whale oil"],
  ]) {
    // The end of what is here, which the next page comes with.
    await page.keyboard.press("End");
    await expect.poll(() => focusedQuote(page)).toBe(expected);
    expect(await rows.count()).toBeLessThan(60);
    if (place !== 453)
      await page.locator(`[data-place="${Number(place) + 1}"]`).waitFor({ state: "attached" });
  }
  await page.keyboard.press("Home");
  await expect.poll(() => focusedQuote(page)).toBe("word449");
  expect(complaints).toEqual([]);
}, 120_000);

for (const theme of THEMES) {
  test(`axe finds nothing in ${theme}`, async () => {
    const { page, complaints } = await cortex.open(browser, "/library", { reducedMotion: "reduce" });
    await chooseTheme(page, theme);
    const found: string[] = [];
    for (const path of [
      "/search?in=highlights",
      `/search?in=highlights&noted=true&colour=${encodeURIComponent('["pink"]')}`,
      "/search?q=quokkas",
    ]) {
      await page.goto(cortex.url + path);
      await page.locator("[data-place], [data-result]").first().waitFor();
      found.push(...(await axe(page)).map((line) => `${path}: ${line}`));
    }
    await page.goto(`${cortex.url}/search?in=highlights&q=zzqqxx`);
    await page.getByRole("heading", { name: "No highlight fits" }).waitFor();
    found.push(...(await axe(page)).map((line) => `none: ${line}`));
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  }, 60_000);
}
