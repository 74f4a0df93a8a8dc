import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { chooseTheme, THEMES } from "./themes";

const WITH_SITES = fileURLToPath(new URL("with_sites.py", import.meta.url));
const WORDS =
  "A bridge is built from both sides, and its builders meet in the middle over the water. ".repeat(2);

let cortex: Cortex;
let browser: Browser;
let site: Server;
let address: string;
/** What the site answers, by path, and what it was asked. */
const answers = new Map<string, { type: string; body: Buffer | string; when?: Promise<void> }>();
const asked: string[] = [];

beforeAll(async () => {
  site = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    const answer = answers.get(request.url ?? "");
    await answer?.when;
    response.writeHead(answer ? 200 : 404, { "Content-Type": answer?.type ?? "text/plain" });
    response.end(answer?.body ?? "none");
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const { port } = site.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  [cortex, browser] = await Promise.all([
    Cortex.start({ JOURNEY_SITES: String(port) }, [WITH_SITES]),
    launch(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
  site.close();
});

function crc(data: Buffer): number {
  let value = 0xffffffff;
  for (const byte of data) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (0xedb88320 & -(value & 1));
  }
  return ~value >>> 0;
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, check]);
}

/** A grey picture. */
function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc((width + 1) * height, 0x90);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function page(images: string): string {
  return `<html><body><article><h1>Bridges</h1><p>${WORDS}</p>${images}<p>${WORDS}</p></article></body></html>`;
}

const picture = (page: Page, name: string) => page.locator("article.reading").getByRole("img", { name });
const drawn = (page: Page, name: string) =>
  picture(page, name).evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth);

/** Do what the palette offers under these words. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Commands and search" });
  await palette.locator("input").fill(words);
  await palette.getByRole("menuitem", { name: words, exact: true }).click();
}

test("images that were not saved are fetched by the server, one or all, and say why not", async () => {
  answers.set("/arch.png", { type: "image/png", body: png(320, 160) });
  answers.set("/rope.png", { type: "image/png", body: png(40, 30) });
  let release = () => {};
  const when = new Promise<void>((resolve) => {
    release = resolve;
  });
  answers.set("/drawing.svg", {
    type: "image/svg+xml",
    body: "<svg xmlns='http://www.w3.org/2000/svg'/>",
    when,
  });
  const id = await cortex.save({
    url: "https://pages.example.org/bridges",
    content_type: "text/html",
    content: page(
      `<p><a href="https://pages.example.org/large"><img src="${address}/arch.png" alt="An arch"></a></p><p>${WORDS}</p>
       <img src="${address}/rope.png" alt="A rope bridge"><p>${WORDS}</p>
       <img src="${address}/drawing.svg" alt="A drawing"><img src="${address}/late.png" alt="A late one">`,
    ),
  });
  const { page: shown, complaints } = await cortex.open(browser, `/item/${id}`);
  await shown.getByText("4 images were not saved with this page.").waitFor();
  expect(asked).toEqual([]);
  expect(await shown.locator("article.reading img").count()).toBe(0);

  const fetchArch = shown.getByRole("button", { name: "Fetch: An arch" });
  await fetchArch.focus();
  await shown.keyboard.press("Enter");
  await expect.poll(() => drawn(shown, "An arch")).toBe(320);
  expect(asked).toEqual(["/arch.png"]);
  expect(await picture(shown, "An arch").evaluate((image) => image.closest("a")?.href)).toBe(
    "https://pages.example.org/large",
  );
  expect(await shown.evaluate(() => document.activeElement?.querySelector("img")?.alt)).toBe("An arch");

  await shown.getByRole("button", { name: "Fetch all 3 images" }).click();
  await expect.poll(() => drawn(shown, "A rope bridge")).toBe(40);
  await shown.getByText(/being fetched/).waitFor();
  expect(await axe(shown)).toEqual([]);
  release();
  await shown.getByText("This is an SVG drawing").waitFor();
  await shown.getByText("127.0.0.1 answered 404 (Not Found).").waitFor();
  await shown.getByText("2 images could not be fetched.").waitFor();
  expect(asked.toSorted()).toEqual(["/arch.png", "/drawing.svg", "/late.png", "/rope.png"]);

  for (const theme of THEMES) {
    await chooseTheme(shown, theme);
    await shown.reload();
    await shown.getByText("2 images could not be fetched.").waitFor();
    expect(await axe(shown)).toEqual([]);
  }
  await expect.poll(() => drawn(shown, "An arch")).toBe(320);
  await shown.getByText("127.0.0.1 answered 404 (Not Found).").waitFor();
  answers.set("/late.png", { type: "image/png", body: png(12, 12) });
  await shown.getByRole("button", { name: "Try again: A late one" }).click();
  await expect.poll(() => drawn(shown, "A late one")).toBe(12);

  await shown.keyboard.press("v");
  const original = shown.frameLocator("iframe");
  await expect
    .poll(() =>
      original
        .getByRole("img", { name: "An arch" })
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBe(320);
  expect(complaints).toEqual([]);
  await shown.context().close();
});

test("words around an image are marked as they stand in the text, and all are fetched from the palette", async () => {
  answers.set("/one.png", { type: "image/png", body: png(20, 20) });
  answers.set("/two.png", { type: "image/png", body: png(30, 20) });
  const id = await cortex.save({
    url: "https://pages.example.org/marked",
    content_type: "text/html",
    content: page(
      `<p>Before it stands one word.</p><img src="${address}/one.png" alt="One"><p>After it stands another.</p>
       <img src="${address}/two.png" alt="Two">`,
    ),
  });
  const { content_text: text } = await cortex.call<{ content_text: string }>("GET", `/api/items/${id}`);
  const start = text.indexOf("one word.");
  const quote = text.slice(start, text.indexOf("After it stands") + "After it stands".length);
  await cortex.call("POST", `/api/items/${id}/highlights`, { quote, start, end: start + quote.length });
  const { page: shown, complaints } = await cortex.open(browser, `/item/${id}`);
  const marks = shown.locator("article.reading mark[data-highlight]");
  await expect.poll(() => marks.allTextContents()).toEqual(["one word.", "After it stands"]);

  await command(shown, "Fetch the images of this page");
  await expect.poll(() => drawn(shown, "Two")).toBe(30);
  await expect.poll(() => drawn(shown, "One")).toBe(20);
  await shown.getByText("2 images fetched.").waitFor();
  expect(await marks.allTextContents()).toEqual(["one word.", "After it stands"]);
  expect(complaints).toEqual([]);
  await shown.context().close();
});

test("a page that is saved already is fetched again, from capturing and from the reader, with the way back", async () => {
  const put = (words: string) =>
    answers.set("/harbour", { type: "text/html", body: page(`<p>${words} ${WORDS}</p>`) });
  put("In winter the harbour is closed.");
  const id = await cortex.save({ url: `${address}/harbour` });
  const { page: shown, complaints } = await cortex.open(browser, `/item/${id}`);
  const text = shown.locator("article.reading");
  await expect.poll(() => text.innerText()).toContain("is closed");

  put("In summer the harbour is open.");
  await shown.keyboard.press("c");
  const dialog = shown.getByRole("dialog", { name: "Save to your library" });
  await dialog.getByRole("textbox").first().waitFor();
  await shown.keyboard.insertText(`${address}/harbour`);
  await dialog.getByRole("button", { name: "Update copy" }).click();
  await shown.getByText(/^Updated the copy of/).waitFor();
  await shown.keyboard.press("Escape");
  await expect.poll(() => text.innerText()).toContain("is open");

  await shown.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(() => text.innerText()).toContain("is closed");

  await shown.getByRole("button", { name: "More actions" }).click();
  await shown.getByRole("menuitem", { name: "Update this copy" }).click();
  await expect.poll(() => text.innerText()).toContain("is open");
  answers.delete("/harbour");
  await command(shown, "Update this copy");
  await shown
    .getByText("127.0.0.1 answered 404 (Not Found). What you have of it is kept as it is.")
    .waitFor();
  expect(await text.innerText()).toContain("is open");
  expect(complaints.filter((complaint) => !complaint.includes("status of 502"))).toEqual([]);
  await shown.context().close();
});
