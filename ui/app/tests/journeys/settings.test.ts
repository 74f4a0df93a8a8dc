import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { CompatibleServer, Gate, LoadingOllama } from "./model-servers";

let cortex: Cortex;
let browser: Browser;
let ollama: LoadingOllama;
let server: CompatibleServer;
beforeAll(async () => {
  [ollama, server] = await Promise.all([LoadingOllama.start(), CompatibleServer.start()]);
  [cortex, browser] = await Promise.all([Cortex.start({ CORTEX_OLLAMA_HOST: ollama.url }), launch()]);
  await cortex.save({ title: "Skerry Point", content: "The lighthouse was built in 1871." });
  await cortex.save({ title: "Diary", content: "Nobody else reads this.", local_only: true });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
  await Promise.all([ollama.stop(), server.stop()]);
});

async function shown(part: string): Promise<{ page: Page; complaints: string[] }> {
  const opened = await cortex.open(browser, `/settings/${part}`);
  opened.page.setDefaultTimeout(20_000);
  await opened.page.getByRole("heading", { level: 1 }).waitFor();
  return opened;
}

test("nothing is wrong with the page of models where Ollama answers", async () => {
  const { page, complaints } = await shown("models");
  await page.getByText("Ollama 0.24.0 answers").waitFor();
  expect(await axe(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a model is loaded down with progress, stopped, and loaded again", async () => {
  const { page, complaints } = await shown("models");
  await page.getByText("Ollama 0.24.0 answers").waitFor();
  await page.getByLabel("Another model of Ollama's library").fill("tiny-chat:1b");
  await page.getByLabel("Another model of Ollama's library").press("Enter");
  await page.getByText("2 MB of 4 MB").waitFor();
  await page.getByRole("link", { name: "Appearance" }).click();
  await page.getByRole("link", { name: "Models", exact: true }).click();
  await page.getByRole("button", { name: "Stop downloading tiny-chat:1b" }).click();
  await page.getByText("tiny-chat:1b was stopped").waitFor();

  await page.getByLabel("Another model of Ollama's library").fill("tiny-chat:1b");
  await page.getByLabel("Another model of Ollama's library").press("Enter");
  await page.getByText("2 MB of 4 MB").waitFor();
  ollama.gate.open();
  await page.getByText("tiny-chat:1b is here").waitFor();
  await page.getByRole("list", { name: "Installed models" }).getByText("tiny-chat:1b").waitFor();
  const foot = page.getByRole("navigation", { name: "Main" });
  await foot.getByText("On this device · tiny-chat:1b").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

// The first word to a cloud loads what speaks with clouds, which takes a while.
test("journey 16: a cloud model is chosen: asked about once, said everywhere, and what is local stays", async () => {
  const { page, complaints } = await shown("models");
  const foot = page.getByRole("navigation", { name: "Main" });
  // A server on this machine is no cloud: nothing asks.
  await page.getByRole("radio", { name: /^A cloud model, or a server/ }).click({ force: true });
  await page.getByRole("textbox", { name: "Model", exact: true }).first().fill("stand-in");
  await page.getByLabel("Address of the server").fill(`${server.url}/v1`);
  await page.getByText("This server is on this device").waitFor();
  await page.getByRole("button", { name: "Test this model" }).click();
  await page.getByText("Hello from the stand-in.").waitFor({ timeout: 60_000 });
  await page.getByText("It works: stand-in answered on this device.").waitFor();
  await page.getByRole("button", { name: "Save" }).first().click();
  await foot.getByText("On this device · stand-in").waitFor();

  // A place elsewhere is asked about before anything is stored.
  await page.getByLabel("Address of the server").fill("https://gpu.example/v1");
  await page.getByText("What is asked goes to gpu.example.").waitFor();
  await page.getByRole("button", { name: "Save" }).first().click();
  const question = page.getByRole("alertdialog", { name: "Send text to gpu.example?" });
  await question.getByText("stay here").waitFor();
  expect(await axe(page)).toEqual([]);
  await question.getByRole("button", { name: "Do not send" }).click();
  const settings = await cortex.call<{ cloud: { api_base: string } }>("GET", "/api/settings/ai");
  expect(settings.cloud.api_base).toBe(`${server.url}/v1`);

  await page.getByRole("button", { name: "Save" }).first().click();
  await question.getByRole("button", { name: "Allow gpu.example" }).click();
  await foot.getByText("Cloud · gpu.example").waitFor();
  await page.getByText("Your question and the passages that may answer it go to gpu.example.").waitFor();
  await page.getByText("What is marked “Never leaves this device” stays here").waitFor();
  // The same place is not asked about again.
  await page.getByRole("textbox", { name: "Model", exact: true }).first().fill("another");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect
    .poll(
      async () => (await cortex.call<{ cloud: { model: string } }>("GET", "/api/settings/ai")).cloud.model,
    )
    .toBe("another");
  expect(await question.isVisible()).toBe(false);

  // The chat says how much may go there, and what is held back, before anything is asked.
  await cortex.save({ title: "Mine", content: "Stays here.", local_only: true });
  await cortex.save({ title: "Anyone's", content: "May go." });
  await page.goto(`${cortex.url}/chat`);
  const told = page.getByRole("status").filter({ hasText: "may go to gpu.example" });
  await told.filter({ hasText: "2 items never leave this device and are held back." }).waitFor();
  await page.goBack();

  // Nobody is at that place; that it was tried is in the list of connections.
  await page.getByRole("button", { name: "Test this model" }).click();
  await page.getByText("It does not work").waitFor();
  await page.getByRole("link", { name: "Every connection that was made" }).click();
  const table = page.getByRole("table", { name: "Connections that left this device" });
  await table.getByText("gpu.example:443").first().waitFor();
  await cortex.call("PUT", "/api/settings/ai", { provider: "embedded" });
  await foot.getByText("On this device · no language model").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
}, 180_000);

test("connections are filtered and exported, browsers signed out, keys made once and revoked", async () => {
  const { page, complaints } = await shown("privacy");
  const table = page.getByRole("table", { name: "Connections that left this device" });
  await table.getByText("gpu.example:443").first().waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as CSV" }).click();
  const text = await readFile((await (await download).path()) ?? "", "utf8");
  expect(text.split("\r\n")[0]).toBe(
    "at,host,port,address,purpose,item_id,bytes_sent,bytes_received,status,outcome",
  );
  expect(text).toContain("gpu.example");
  await page.getByLabel("Host contains").fill("nowhere");
  await page.getByText("No connection fits this filter.").waitFor();

  await page.getByLabel("Name", { exact: true }).fill("Backup script");
  await page.getByLabel("Name", { exact: true }).press("Enter");
  const made = page.getByRole("dialog", { name: "Key for “Backup script”" });
  const key = await made.getByLabel("Key", { exact: true }).inputValue();
  expect(await axe(page)).toEqual([]);
  await made.getByRole("button", { name: "Done" }).click();
  expect(
    (await fetch(`${cortex.url}/api/items`, { headers: { Authorization: `Bearer ${key}` } })).status,
  ).toBe(200);
  expect(await page.content()).not.toContain(key);
  await page.getByRole("button", { name: "Revoke Backup script" }).click();
  await page.getByText("The key no longer works").waitFor();
  expect(
    (await fetch(`${cortex.url}/api/items`, { headers: { Authorization: `Bearer ${key}` } })).status,
  ).toBe(401);
  expect(complaints).toEqual([]);

  const own = page.getByRole("listitem").filter({ hasText: "this browser" });
  await own.getByRole("button", { name: /^Sign out/ }).click();
  await page.getByRole("heading", { name: "Sign in to Cortex" }).waitFor();
  await page.context().close();
});

test("another model for search is estimated, made in the background, held and given up", async () => {
  const { page, complaints } = await shown("models");
  const held = new Gate();
  await page.getByRole("button", { name: /Another one/ }).click();
  await page.getByRole("option", { name: "from Ollama" }).click();
  await page.getByRole("button", { name: "What would it cost?" }).click();
  const estimate = page.getByRole("dialog", { name: "Change search by meaning" });
  await estimate.getByText("Nothing leaves this device for it.").waitFor();
  ollama.vectors = held.opened;
  expect(await axe(page)).toEqual([]);
  await estimate.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByText("Making vectors with tiny-embed:latest").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("paused", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Give up" }).click();
  await page.getByText("Making vectors with").waitFor({ state: "detached" });
  held.open();
  await page.getByText("all-minilm-l6-v2, comes with Cortex").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("how Cortex looks and which keys it takes is kept in the browser", async () => {
  const { page, complaints } = await shown("appearance");
  await page.getByRole("radio", { name: "Dark" }).click({ force: true });
  await page.getByRole("radio", { name: "Compact" }).click({ force: true });
  await page.getByRole("button", { name: /^100%/ }).click();
  await page.getByRole("option", { name: "150%" }).click();
  await page.reload();
  await page.getByRole("heading", { name: "Appearance" }).waitFor();
  expect(await page.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({
    theme: "dark",
    density: "compact",
  });
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("24px");

  await page.goto(`${cortex.url}/settings/shortcuts`);
  await page.getByRole("button", { name: "Change the keys of “Capture something”" }).click();
  await page.getByLabel("Press the new keys").press("y");
  await page.getByRole("button", { name: "Save" }).click();
  await page.keyboard.press("y");
  await page.getByRole("dialog", { name: "Save to your library" }).waitFor();
  await page.getByLabel("A link, a note, or files").press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("checkbox", { name: "Single keys do something" }).click({ force: true });
  await page.keyboard.press("y");
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("days in the trash are changed and undone, the digest has its hour, and diagnostics hold no content", async () => {
  const { page, complaints } = await shown("data");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const days = page.getByLabel("Days in the trash");
  await days.fill("0");
  await page.getByText("A whole number from 1 to 3,650").waitFor();
  await days.fill("7");
  await days.press("Enter");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect
    .poll(async () => (await cortex.call<{ trash_days: number }>("GET", "/api/settings")).trash_days)
    .toBe(30);
  await page.getByRole("checkbox", { name: "Make a digest every day" }).click({ force: true });
  await expect
    .poll(async () => (await cortex.call<{ digest_enabled: boolean }>("GET", "/api/settings")).digest_enabled)
    .toBe(false);

  await page.getByRole("link", { name: "About" }).click();
  await page.getByRole("button", { name: "Copy diagnostics" }).click();
  await page.getByText("Copied", { exact: true }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain("database: healthy");
  expect(copied).not.toMatch(/Skerry|Diary|127\.0\.0\.1|cortex-journey/);
  expect(complaints).toEqual([]);
  await page.context().close();
});
