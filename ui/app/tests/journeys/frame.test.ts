import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.save({ title: "Herons", content: "Herons stand on one leg." });
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

const row = (page: Page) => page.getByRole("row").filter({ hasText: "Herons" });

/** A press on a keyboard of another country. */
function press(page: Page, key: string, given: { shiftKey?: boolean; code: string }): Promise<void> {
  return page.evaluate(
    ([key, given]) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...given });
      (document.activeElement ?? document.body).dispatchEvent(event);
    },
    [key, given] as const,
  );
}

test("saving and every command are there to be pressed, whatever the width", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await row(page).waitFor();
  for (const width of [1400, 900]) {
    await page.setViewportSize({ width, height: 800 });
    const frame = page.getByRole("navigation", { name: "Main" });
    await frame.getByRole("button", { name: "Capture" }).click();
    await page.getByRole("dialog", { name: "Save to your library" }).waitFor();
    await page.keyboard.press("Escape");
    await frame.getByRole("button", { name: "Show all commands" }).click();
    await page.getByPlaceholder(/Type a command/).waitFor();
    await page.keyboard.press("Escape");
  }
  await page.keyboard.press("Control+k");
  await page.keyboard.type("Buy a lamp for the harbour");
  await page.getByRole("menuitem", { name: "Save: Buy a lamp for the harbour" }).click();
  await page.getByText("Saved: Buy a lamp for the harbour").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("what hides the navigation leaves a way back in sight, and the bar of a phone", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page).waitFor();
  const frame = page.getByRole("navigation", { name: "Main" });
  await frame.getByRole("link", { name: "Library" }).focus();
  await page.keyboard.press("Control+\\");
  await expect.poll(() => frame.isVisible()).toBe(false);
  const back = page.getByRole("button", { name: "Show the navigation" });
  await expect.poll(() => back.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.setViewportSize({ width: 390, height: 800 });
  await frame.getByRole("button", { name: "Capture" }).waitFor();
  await page.setViewportSize({ width: 1400, height: 800 });
  await page.reload();
  await back.click();
  await frame.getByRole("button", { name: "Hide the navigation" }).waitFor();
  await page.context().close();
});

test("signs are taken wherever a keyboard has them", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page).waitFor();
  // On a German keyboard.
  await press(page, "/", { shiftKey: true, code: "Digit7" });
  await page.waitForURL("**/search**");
  await page.goto(`${cortex.url}/library`);
  await row(page).focus();
  await press(page, "#", { code: "Backslash" });
  await page.getByText("Moved to the trash").waitFor();
  await page.keyboard.press("Control+z");
  await row(page).waitFor();
  await page.context().close();
});

test("a change is undone after the page was loaded again, also from another tab", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page).focus();
  await page.keyboard.press("e");
  await page.getByText("Archived", { exact: true }).waitFor();
  const other = await page.context().newPage();
  await other.goto(`${cortex.url}/activity`);
  await other.getByRole("heading", { name: "Recent changes" }).waitFor();
  const undoing = other.getByRole("button", { name: "Undo: Archived" });
  await undoing.waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Library" }).waitFor();
  // What Cortex fails at can be undone yet.
  await page.route("**/api/undo/*", (route) => route.fulfill({ status: 500, json: {} }), { times: 1 });
  const failing = page.waitForResponse("**/api/undo/*");
  await page.keyboard.press("Control+z");
  expect((await failing).status()).toBe(500);
  await undoing.waitFor();
  await page.getByText(/500/).waitFor();
  await page.keyboard.press("Control+z");
  await page.getByText("Undone", { exact: true }).waitFor();
  await row(page).waitFor();
  await expect.poll(() => undoing.count()).toBe(0);
  await page.context().close();
});

test("the help groups the keys, those of the pane first that has the focus", async () => {
  const { page } = await cortex.open(browser, "/library");
  await row(page).focus();
  const headings = async () => {
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await dialog.waitFor();
    const found = await dialog.getByRole("heading", { level: 3 }).allTextContents();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    return found;
  };
  expect(await headings()).toEqual(["In lists", "Everywhere"]);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Library" }).focus();
  expect(await headings()).toEqual(["Everywhere", "In lists"]);
  await page.context().close();
});

test("a task is due on the day that was chosen, west of Greenwich, too", async () => {
  await cortex.call("POST", "/api/tasks", { title: "Water the plants", due_at: "2036-11-25" });
  const { page } = await cortex.open(browser, "/tasks", { timezoneId: "America/Los_Angeles" });
  await page.getByText("due Nov 25, 2036").waitFor();
  await page.context().close();
});

test("with twice the text size the frame has the layout of half the window, and nothing of it overlaps", async () => {
  const { page } = await cortex.open(browser, "/tasks");
  const frame = page.getByRole("navigation", { name: "Main" });
  for (const [textScale, width, place] of [
    [1, 1400, "Settings"],
    [1.5, 1400, "Settings"],
    [2, 1400, "More"],
    [2, 780, "More"],
  ] as const) {
    await page.evaluate((scale) => {
      localStorage.setItem("cortex-preferences", JSON.stringify({ state: { textScale: scale }, version: 1 }));
    }, textScale);
    await page.setViewportSize({ width, height: 860 });
    await page.reload();
    await frame.getByRole(place === "More" ? "button" : "link", { name: place }).waitFor();
    const boxes = await frame.evaluate((element) =>
      [...element.querySelectorAll("a, button")]
        .filter((each) => each.checkVisibility())
        .map((each) => each.getBoundingClientRect())
        .map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
    );
    const overlaps = boxes.filter((one, at) =>
      boxes
        .slice(at + 1)
        .some(
          (other) =>
            one.left < other.right &&
            other.left < one.right &&
            one.top < other.bottom &&
            other.top < one.bottom,
        ),
    );
    expect(overlaps, `${textScale} at ${width}`).toEqual([]);
    const beyond = boxes.filter(({ left, right }) => left < 0 || right > width);
    expect(beyond, `${textScale} at ${width}`).toEqual([]);
  }
  await page.context().close();
});

test("a pane is as wide as its edge is drawn, by keys or by pointer, and stays so", async () => {
  const { items } = await cortex.call<{ items: { id: string }[] }>("GET", "/api/items?limit=1");
  const { page } = await cortex.open(browser, `/item/${items[0]?.id}`);
  const aside = page.getByRole("complementary", { name: "About this item" });
  const edge = page.getByRole("separator", { name: "Width of: About this item" });
  const width = () => aside.evaluate((element) => Math.round(element.getBoundingClientRect().width));
  await edge.focus();
  const usual = await width();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(width).toBe(usual + 32);
  expect(await edge.getAttribute("aria-valuenow")).toBe("22");
  await page.reload();
  await expect.poll(width).toBe(usual + 32);
  const box = await edge.boundingBox();
  if (box === null) throw new Error("The edge is not shown.");
  await page.mouse.move(box.x + 4, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 104, box.y + 200, { steps: 5 });
  await page.mouse.up();
  await expect.poll(width).toBeLessThan(usual - 40);
  await edge.dblclick();
  await expect.poll(width).toBe(usual);
  await page.context().close();
});
