/** What the page does inside the desktop app: with a stand-in for the app, which is tested in its own window elsewhere. */
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { chooseTheme, THEMES } from "./themes";

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

type Call = [command: string, given: Record<string, unknown>];

/** Put the app's bridge around the page: it keeps the settings, and what it was asked for. */
async function inDesktop(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const calls: Call[] = [];
    const settings = {
      shortcut: "CommandOrControl+Shift+Space" as string | null,
      shortcut_problem: null as string | null,
      start_at_login: false,
      keep_running: true,
      has_tray: true,
    };
    const invoke = async (command: string, given: Record<string, unknown>) => {
      calls.push([command, given]);
      if (command === "set_shortcut") {
        settings.shortcut = given.keys as string | null;
        settings.shortcut_problem = given.keys === "Control+Alt+KeyK" ? "taken" : null;
      }
      if (command === "set_start_at_login") settings.start_at_login = given.on as boolean;
      if (command === "sign_in") throw "Cortex is still starting. Try again in a moment.";
      if (command === "set_keep_running") settings.keep_running = given.on as boolean;
      return { ...settings };
    };
    Object.assign(window, { __TAURI_INTERNALS__: { invoke }, calls });
  });
  await page.reload();
}

const calls = (page: Page, command: string) =>
  page.evaluate(
    (wanted) => (window as unknown as { calls: Call[] }).calls.filter(([name]) => name === wanted),
    command,
  );

test("the keys of the small window are changed and taken away by keyboard, and what does not work is said", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.goto(`${cortex.url}/settings/desktop`);
  await page.waitForURL("**/settings/models");
  expect(await page.getByRole("link", { name: "This computer" }).count()).toBe(0);

  await inDesktop(page);
  await page.getByRole("link", { name: "This computer" }).click();
  await page.getByText("Ctrl Shift Space").waitFor();
  await page.getByRole("button", { name: "Change" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Press the new keys").waitFor();
  await page.keyboard.press("k");
  expect(await page.getByLabel("Press the new keys").inputValue()).toBe("Ctrl Shift Space");
  await page.keyboard.press("Control+Alt+k");
  expect(await page.getByLabel("Press the new keys").inputValue()).toBe("Ctrl Alt K");
  await page.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Another program has these keys").waitFor();

  await page.getByRole("button", { name: "Change" }).press("Enter");
  await page.getByRole("button", { name: "No keys" }).press("Enter");
  await page.getByText("none").waitFor();
  expect((await calls(page, "set_shortcut")).map(([, given]) => given.keys)).toEqual([
    "Control+Alt+KeyK",
    null,
  ]);

  const login = page.getByRole("checkbox", { name: "Start with the computer" });
  expect(await login.isChecked()).toBe(false);
  await login.focus();
  await page.keyboard.press("Space");
  await expect.poll(() => login.isChecked()).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the app sends the page to a view, and a failure is told while nobody looks", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await inDesktop(page);
  await page.getByRole("row").filter({ hasText: "Something to begin with" }).waitFor();
  const left = await page.evaluate(() => {
    const detail = "/search?q=begin";
    return dispatchEvent(new CustomEvent("cortex:go", { detail, cancelable: true }));
  });
  expect(left).toBe(false);
  await page.waitForURL("**/search?q=begin");
  await page.locator("[data-result]").first().waitFor();
  await page.evaluate(() => {
    const refused = {
      target: "/home/ada/none.pdf",
      status: "refused",
      message: "No such file or directory.",
    };
    const saved = { target: "/home/ada/a.md", status: "pending", id: "item_1", title: "Herons" };
    dispatchEvent(new CustomEvent("cortex:added", { detail: { items: [saved, refused] } }));
  });
  await page.getByText("Saved: Herons").waitFor();
  await page.getByText("none.pdf was not saved: No such file or directory.").waitFor();
  await expect.poll(async () => (await calls(page, "tell_paused")).at(-1)?.[1]).toEqual({ paused: false });
  await cortex.call("POST", "/api/processing/pause");
  await expect.poll(async () => (await calls(page, "tell_paused")).at(-1)?.[1]).toEqual({ paused: true });
  await cortex.call("POST", "/api/processing/resume");

  await page.evaluate(() => {
    document.hasFocus = () => false;
  });
  const { id } = await cortex.call<{ id: string }>("POST", "/api/items", { url: "http://127.0.0.1:9/never" });
  await expect
    .poll(async () => (await calls(page, "notify")).map(([, given]) => given.path), { timeout: 30_000 })
    .toEqual([`/item/${id}`]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a window that is signed out asks the app to sign it in, once by itself and whenever it is told to", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.goto(`${cortex.url}/tasks`);
  await page.evaluate(() => localStorage.removeItem("cortex-session"));
  await inDesktop(page);
  await page.getByText("This window is not signed in").waitFor();
  await page.getByText("Cortex is still starting. Try again in a moment.").waitFor();
  expect(await calls(page, "sign_in")).toHaveLength(1);
  expect(await page.getByText("cortex open").count()).toBe(0);
  expect(await axe(page)).toEqual([]);

  await page.reload();
  const button = page.getByRole("button", { name: "Sign in" });
  await button.waitFor();
  expect(await calls(page, "sign_in"), "it does not go round and round").toEqual([]);
  await button.press("Enter");
  await page.getByText("Cortex is still starting").waitFor();
  expect(await calls(page, "sign_in")).toHaveLength(1);
  expect(complaints).toEqual([]);
  await page.context().close();
});

/** What the app tells the page. */
const tell = (page: Page, name: string, detail: unknown) =>
  page.evaluate(([event, given]) => dispatchEvent(new CustomEvent(event as string, { detail: given })), [
    name,
    detail,
  ] as const);

test("many files are told in one notice, with the first that were refused and the number of the rest", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await inDesktop(page);
  await page.getByRole("row").filter({ hasText: "Something to begin with" }).waitFor();
  await tell(page, "cortex:adding", { done: 0, total: 1200 });
  await page.getByText("Adding files: 0 of 1,200").waitFor();
  await tell(page, "cortex:adding", { done: 25, total: 1200 });
  await page.getByText("Adding files: 25 of 1,200").waitFor();
  expect(await page.getByText("Adding files").count()).toBe(1);
  const names = Array.from({ length: 1200 }, (_, number) => `${number}.pdf`);
  const items = names.map((name, number) =>
    number < 1195
      ? { target: `/a/${name}`, status: "pending", id: `item_${number}`, title: name }
      : { target: `/a/${name}`, status: "refused", message: "It is empty." },
  );
  await tell(page, "cortex:added", { items });
  await page.getByText("1,195 files are saved").waitFor();
  expect(await page.getByText("Adding files").count()).toBe(0);
  const refused = await page.getByText("5 files were not saved:").innerText();
  expect(refused.split("\n")).toEqual([
    "5 files were not saved:",
    "1195.pdf: It is empty.",
    "1196.pdf: It is empty.",
    "1197.pdf: It is empty.",
    "and 2 more",
  ]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the small window says what became of files that were dropped on it", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.goto(`${cortex.url}/capture`);
  await inDesktop(page);
  await page.getByRole("textbox", { name: "A link, a note, or files" }).waitFor();
  const saved = { target: "/home/ada/a.md", status: "pending", id: "item_1", title: "Herons" };
  await tell(page, "cortex:added", {
    items: [saved, { target: "/home/ada/b.pdf", status: "refused", message: "It is empty." }],
  });
  await page.getByText("Saved: Herons").waitFor();
  await page.getByText("b.pdf was not saved: It is empty.").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the small window closes by keys and by itself, and opens what is there in the large one", async () => {
  await cortex.save({
    url: "https://example.org/herons",
    title: "Herons",
    content: "<p>Herons.</p>",
    content_type: "text/html",
  });
  const { page, complaints } = await cortex.open(browser, "/library");
  await page.goto(`${cortex.url}/capture`);
  await inDesktop(page);
  const field = page.getByRole("textbox", { name: "A link, a note, or files" });
  await field.waitFor();
  await page.keyboard.insertText("https://example.org/herons");
  await page.getByRole("link", { name: "Open it" }).click();
  expect((await calls(page, "show_view")).map(([, given]) => String(given.path).slice(0, 6))).toEqual([
    "/item/",
  ]);
  expect(new URL(page.url()).pathname).toBe("/capture");

  await field.fill("A thought");
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  await expect.poll(() => calls(page, "close_window")).toHaveLength(1);
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Escape");
  await expect.poll(() => calls(page, "close_window")).toHaveLength(2);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the small window stays until what it saved is answered, and shows what was refused", async () => {
  const { page } = await cortex.open(browser, "/library");
  await page.goto(`${cortex.url}/capture`);
  await inDesktop(page);
  const field = page.getByRole("textbox", { name: "A link, a note, or files" });
  await field.waitFor();
  await page.clock.install();
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const refusal = { error: "validation_error", message: "Nobody takes this." };
  await page.route("**/api/items", async (route) => {
    await held;
    await route.fulfill({ status: 422, json: refusal });
  });
  await field.fill("A thought that is refused");
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.clock.fastForward(5_000);
  expect(await calls(page, "close_window")).toEqual([]);
  answer();
  await page.getByText("Nobody takes this.").waitFor();
  await expect.poll(() => field.inputValue()).toBe("A thought that is refused");
  await page.clock.fastForward(5_000);
  expect(await calls(page, "close_window")).toEqual([]);

  await page.unroute("**/api/items");
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  await expect.poll(() => calls(page, "close_window")).toHaveLength(1);
  await page.context().close();
});

test("axe finds nothing in the settings of this computer in any theme", async () => {
  const { page } = await cortex.open(browser, "/library");
  await inDesktop(page);
  for (const theme of THEMES) {
    await chooseTheme(page, theme);
    await page.goto(`${cortex.url}/settings/desktop`);
    await page.getByText("Ctrl Shift Space").waitFor();
    expect(await axe(page), theme).toEqual([]);
    await page.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await axe(page), theme).toEqual([]);
  }
  await page.context().close();
});

test("Cortex that stays away is started again by the app, when its owner says so", async () => {
  const { page } = await cortex.open(browser, "/library");
  await inDesktop(page);
  await page.getByText("Something to begin with.").first().waitFor();
  await page.clock.install();
  await cortex.kill();
  await page.getByText(/restarting/).waitFor();
  await page.clock.fastForward(31_000);
  await page.getByRole("button", { name: "Restart Cortex" }).click();
  await expect.poll(async () => (await calls(page, "try_again")).length).toBe(1);
  await cortex.run();
  await page.clock.runFor(6_000);
  await page.getByRole("button", { name: "Restart Cortex" }).waitFor({ state: "detached" });
  await page.context().close();
});
