import type { Browser } from "playwright";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Cortex, fetchedAhead, launch } from "./cortex";

/** What a view says it is, where its place in the navigation is called otherwise, too. */
const TITLES = {
  Search: "Search",
  Tasks: "Tasks",
  Activity: "Activity",
  Organise: "Tags",
  Settings: "Models",
};

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  await cortex.save({ content: "Something to begin with." });
});
beforeEach(() => cortex.runAgain());
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("a view that was not opened before is shown once Cortex is back; the page is never lost", async () => {
  const { page } = await cortex.open(browser, "/search");
  await page.addInitScript("globalThis.requestIdleCallback = () => 0"); // nothing is fetched ahead
  await page.goto(`${cortex.url}/library`);
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

test("where there was time to fetch them, views can be gone to for the first time while Cortex is away", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();
  await fetchedAhead(page);
  await cortex.kill();
  for (const [place, title] of Object.entries(TITLES)) {
    await page.getByRole("link", { name: place, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
  }
  await cortex.run();
  await page.getByText(/restarting or has stopped/).waitFor({ state: "hidden" });
  await page.context().close();
});

test("what was kept stays kept until it is stored, and two windows store it once", async () => {
  const { page } = await cortex.open(browser, "/library");
  const other = await page.context().newPage();
  await other.goto(`${cortex.url}/library`);
  for (const each of [page, other]) await each.getByRole("row").first().waitFor();
  const kept = () =>
    page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("cortex-unsent")).length);
  await fetchedAhead(page);
  await cortex.kill();
  await page.keyboard.press("c");
  await page.getByRole("dialog").getByRole("textbox").first().fill("Kept through two failures");
  await page.keyboard.press("Enter");
  await page.getByText("This is kept here").waitFor();
  expect(await kept()).toBe(1);

  const keys: (string | undefined)[] = [];
  const keptAfter: number[] = [];
  await page.context().route("**/api/items", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    keys.push(route.request().headers()["idempotency-key"]);
    keptAfter.push(await kept());
    // First there are too many at once, then the answer is lost, and only then it comes.
    if (keys.length === 1)
      return route.fulfill({
        status: 429,
        headers: { "Retry-After": "1" },
        json: { error: "rate_limited", message: "Too many requests at once." },
      });
    if (keys.length > 2) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await cortex.run();
  await expect.poll(() => keys.length).toBe(3);
  await expect.poll(kept).toBe(0);
  expect(keptAfter).toEqual([1, 1, 1]);
  expect(keys[0]).toBeTruthy();
  expect(new Set(keys).size).toBe(1);
  const { items } = await cortex.call<{ items: { title: string }[] }>("GET", "/api/items?kind=note&limit=9");
  expect(items.filter((item) => item.title === "Kept through two failures")).toHaveLength(1);
  await page.context().close();
});

test("files that are dropped while Cortex is away are saved once when it is back", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();
  await fetchedAhead(page);
  await cortex.kill();
  const files = await page.evaluateHandle(() => {
    const dragged = new DataTransfer();
    dragged.items.add(new File(["Words of the drawer."], "drawer.txt", { type: "text/plain" }));
    dragged.items.add(new File([new Uint8Array([0, 1, 2, 255])], "disk.bin", { type: "application/x-disk" }));
    return dragged;
  });
  await page.dispatchEvent("main", "drop", { dataTransfer: files });
  await page.getByText("drawer.txt is kept here").waitFor();
  await page.getByText("disk.bin is kept here").waitFor();
  // What fails in Cortex says nothing of the file.
  await page.route(
    "**/api/items/upload",
    (route) => route.fulfill({ status: 500, headers: { "Retry-After": "1" }, json: {} }),
    { times: 1 },
  );
  await cortex.run();
  await page.getByRole("row").filter({ hasText: "drawer" }).waitFor();
  // Which one was refused, and why, is said until it was seen, also after the next start.
  const refused = page
    .locator("[data-notices] > *")
    .filter({ hasText: /could not be saved:\ndisk\.bin: \S+/ });
  await refused.waitFor();
  await page.reload();
  await page.getByRole("row").filter({ hasText: "drawer" }).waitFor();
  await refused.getByRole("button", { name: "Close" }).click();
  await refused.waitFor({ state: "detached" });
  const kept = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const request = indexedDB.open("cortex-unsent", 1);
          request.onsuccess = () => {
            const count = request.result.transaction("files").objectStore("files").count();
            count.onsuccess = () => resolve(count.result);
          };
        }),
    );
  await expect.poll(kept).toBe(0);
  await page.context().close();
});

test("what was kept and is refused for good is in the field again", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.getByRole("row").first().waitFor();
  await fetchedAhead(page);
  await cortex.kill();
  await page.keyboard.press("c");
  const field = page.getByRole("dialog").getByRole("textbox").first();
  await field.fill("http://[no-address");
  await page.keyboard.press("Enter");
  await page.getByText("This is kept here").waitFor();
  await cortex.run();
  await page.getByText("It is in the field for saving again.").waitFor();
  await page.keyboard.press("c");
  await expect.poll(() => field.inputValue()).toBe("http://[no-address");
  // What is refused while something else is written waits until there is room for it.
  await page.route("**/api/items", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("c");
    await field.fill("Something else");
    await route.continue();
  });
  await page.keyboard.press("Enter");
  await page.getByText(/It is kept here, and tried again/).waitFor();
  expect(await field.inputValue()).toBe("Something else");
  await page.unroute("**/api/items");
  await field.fill("");
  await page.reload();
  await page.getByText("It is in the field for saving again.").waitFor();
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

test("a note is stored when one leaves, and what is typed while Cortex is away is kept", async () => {
  const id = await cortex.save({ title: "Noted", content: "Words to be noted, and others." });
  const other = await cortex.save({ title: "The other one", content: "Nothing to be said of this." });
  const words = { quote: "Words to be noted", start: 0, end: 17 };
  await cortex.call("POST", `/api/items/${id}/highlights`, words);
  const highlightNote = async () =>
    (await cortex.call<{ items: { note: string | null }[] }>("GET", `/api/items/${id}/highlights`)).items[0]
      ?.note;
  const noted = async () => (await cortex.call<{ note: string | null }>("GET", `/api/items/${id}`)).note;
  const { page } = await cortex.open(browser, `/item/${id}`);
  const field = page.getByRole("complementary").getByRole("textbox", { name: "Note" });
  await field.fill("Left at once");
  await page.evaluate((path) => history.pushState(null, "", path), `/item/${other}`);
  await page.getByRole("heading", { name: "The other one" }).first().waitFor();
  await expect.poll(noted).toBe("Left at once");
  await page.goBack();
  await expect.poll(() => field.inputValue()).toBe("Left at once");

  await page.locator("article.reading mark").first().waitFor();
  await fetchedAhead(page);
  await cortex.kill();
  await field.fill("Typed while away");
  await field.blur();
  await page.getByText("What you typed is kept").first().waitFor();
  expect(await field.inputValue()).toBe("Typed while away");
  const dialog = page.getByRole("dialog");
  await page.locator("h1").first().focus();
  await page.keyboard.press("]");
  await page.keyboard.press("n");
  await dialog.getByRole("textbox").fill("On the highlight");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Cortex does not answer. What you typed is kept.").first().waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("]");
  await page.keyboard.press("n");
  await expect.poll(() => dialog.getByRole("textbox").inputValue()).toBe("On the highlight");
  await cortex.run();
  await expect.poll(noted).toBe("Typed while away");
  await page.keyboard.press("Control+Enter");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(highlightNote).toBe("On the highlight");
  expect(
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("cortex-typed"))),
  ).toEqual([]);
  await page.context().close();
});

test("a task and the names of things stay typed until they are stored, and it is said how to start Cortex", async () => {
  const collection = await cortex.call<{ id: string }>("POST", "/api/collections", { name: "Coasts" });
  const { page } = await cortex.open(browser, "/organise/collections");
  await page.getByRole("button", { name: "Edit Coasts" }).waitFor();
  const frame = page.getByRole("navigation", { name: "Main" });
  const task = page.getByRole("textbox", { name: "What is there to do?" });
  await frame.getByRole("link", { name: "Tasks" }).click();
  await task.waitFor();
  await page.goBack();
  await fetchedAhead(page);
  await page.clock.install();
  await cortex.kill();

  const dialog = page.getByRole("dialog");
  const name = dialog.getByRole("textbox", { name: "Name" });
  await page.getByRole("button", { name: "Edit Coasts" }).click();
  await name.fill("Coasts of the north");
  await page.keyboard.press("Enter");
  await page.getByText("Cortex does not answer").first().waitFor();
  expect(await name.inputValue()).toBe("Coasts of the north");
  await page.keyboard.press("Escape");
  await frame.getByRole("link", { name: "Tasks" }).click();
  await task.fill("Buy oil for the lamp");
  await page.keyboard.press("Enter");
  await page.getByText("Cortex does not answer").nth(1).waitFor();
  expect(await task.inputValue()).toBe("Buy oil for the lamp");
  await page.clock.fastForward(31_000);
  await page.getByText("cortex serve", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Copy the command" }).waitFor();

  await cortex.run();
  await page.clock.runFor(6_000);
  await page.getByText("cortex serve", { exact: true }).waitFor({ state: "detached" });
  await task.press("Enter");
  await page.getByRole("checkbox", { name: "Done: Buy oil for the lamp" }).waitFor();
  expect(await task.inputValue()).toBe("");
  await frame.getByRole("link", { name: "Organise" }).click();
  await page.getByRole("link", { name: "Collections" }).click();
  await page.getByRole("button", { name: "Edit Coasts" }).click();
  await expect.poll(() => name.inputValue()).toBe("Coasts of the north");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Edit Coasts of the north" }).waitFor();
  await cortex.call("DELETE", `/api/collections/${collection.id}`);
  await page.context().close();
});
