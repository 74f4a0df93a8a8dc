import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";
import { epub } from "./epub";

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

const dialog = (page: Page) => page.getByRole("dialog", { name: "Save to your library" });
const field = (page: Page) => dialog(page).getByRole("textbox").first();
const rowOf = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

/** A PDF of one page, as small as they come. */
function pdf(text: string): string {
  const content = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let made = "%PDF-1.4\n";
  const starts = objects.map((object, index) => {
    const start = made.length;
    made += `${index + 1} 0 obj${object}endobj\n`;
    return start;
  });
  const table = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  return `${made}xref\n0 6\n0000000000 65535 f \n${table}trailer<</Root 1 0 R/Size 6>>\nstartxref\n${made.length}\n%%EOF`;
}

test("2: a PDF and an EPUB are dropped and read, a file of no known kind says why it is not taken", async () => {
  const { page, complaints } = await cortex.open(browser, "/library");
  await rowOf(page, "Something to begin with").waitFor();
  const dropped = {
    paper: pdf("The tides of the northern coast are told by the moon"),
    book: [...epub("The lighthouse keeper", "Every evening she climbs two hundred steps to light the lamp.")],
  };
  const files = await page.evaluateHandle(({ paper, book }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([paper], "tides.pdf", { type: "application/pdf" }));
    transfer.items.add(new File([new Uint8Array(book)], "keeper.epub", { type: "application/epub+zip" }));
    transfer.items.add(
      new File([new Uint8Array([0, 1, 2, 255])], "disk.bin", { type: "application/x-disk" }),
    );
    return transfer;
  }, dropped);
  await page.dispatchEvent("main", "dragover", { dataTransfer: files });
  await page.getByText("Drop to save").first().waitFor();
  await page.dispatchEvent("main", "drop", { dataTransfer: files });
  await rowOf(page, "tides").waitFor();
  await page.getByText(/disk\.bin/).waitFor();
  const refusal = await page.getByText(/disk\.bin/).textContent();
  expect(refusal?.length).toBeGreaterThan("disk.bin was not saved".length);
  await rowOf(page, "tides").click();
  await page.getByText("told by the moon").first().waitFor();
  await page.goBack();
  await rowOf(page, "The lighthouse keeper").click();
  await page.getByText("two hundred steps to light the lamp").first().waitFor();
  expect(complaints.filter((complaint) => !/status of 4\d\d/.test(complaint))).toEqual([]);
  await page.context().close();
});

/** Files as they are dragged in, from texts. */
const transfer = (page: Page, files: Record<string, string>) =>
  page.evaluateHandle((texts) => {
    const dragged = new DataTransfer();
    for (const [name, text] of Object.entries(texts))
      dragged.items.add(new File([text], name, { type: "text/plain" }));
    return dragged;
  }, files);

test("files are saved as the form says, chosen or dropped while it is open", async () => {
  const { page } = await cortex.open(browser, "/library");
  await rowOf(page, "Something to begin with").waitFor();
  const fillIn = async () => {
    await page.keyboard.press("c");
    await field(page).waitFor();
    await dialog(page).getByRole("textbox", { name: "Tags" }).fill("papers, mine");
    await dialog(page).getByRole("textbox", { name: "Note", exact: true }).fill("From the attic");
    await dialog(page).getByText("Never leaves this device").click();
  };
  const said = async (name: string) => {
    await rowOf(page, name).waitFor();
    const { items } = await cortex.call<{ items: Record<string, unknown>[] }>("GET", "/api/items?tag=papers");
    const item = items.find(({ title }) => String(title).toLowerCase().startsWith(name));
    return [
      item?.note,
      item?.local_only,
      (item?.tags as { name: string }[] | undefined)?.map((tag) => tag.name),
    ];
  };
  await fillIn();
  const choosing = page.waitForEvent("filechooser");
  await dialog(page).getByRole("button", { name: "Choose files" }).click();
  await (await choosing).setFiles({
    name: "chosen.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("Chosen words."),
  });
  await dialog(page).waitFor({ state: "detached" });
  expect(await said("chosen")).toEqual(["From the attic", true, ["papers", "mine"]]);
  await fillIn();
  await page.dispatchEvent("body", "drop", {
    dataTransfer: await transfer(page, { "dropped.txt": "Dropped words." }),
  });
  expect(await said("dropped")).toEqual(["From the attic", true, ["papers", "mine"]]);
  // What was said of them is not said of what comes next.
  await expect
    .poll(() => dialog(page).getByRole("textbox", { name: "Note", exact: true }).inputValue())
    .toBe("");
  await cortex.call("POST", "/api/items/bulk", { action: "delete", filters: { tag: "papers" } });
  await page.context().close();
});

test("words that are dragged into a field stay there, and nothing is saved", async () => {
  const { page } = await cortex.open(browser, "/library");
  await rowOf(page, "Something to begin with").waitFor();
  const saves: string[] = [];
  page.on("request", (request) => request.method() === "POST" && saves.push(request.url()));
  await page.keyboard.press("c");
  const isPrevented = (selector: string) =>
    page.locator(selector).evaluate((element) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData("text/plain", "some words");
      return ["dragover", "drop"].map(
        (type) =>
          !element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })),
      );
    });
  await field(page).waitFor();
  expect(await isPrevented("textarea")).toEqual([false, false]);
  expect(saves.filter((url) => url.endsWith("/api/items"))).toEqual([]);
  await page.context().close();
});

test("3: an address that is here already is told, and makes no second item", async () => {
  const url = "https://example.org/an-essay";
  await cortex.save({
    url,
    title: "An essay",
    content: "<p>An essay on rivers.</p>",
    content_type: "text/html",
  });
  const { page, complaints } = await cortex.open(browser, "/library");
  await rowOf(page, "An essay").waitFor();
  await page.keyboard.press("c");
  await field(page).waitFor();
  await page.keyboard.insertText(url);
  await dialog(page)
    .getByText(/already/i)
    .waitFor();
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  const told = page.getByText(/Saved already, .+: An essay/);
  await told.waitFor();
  await page.getByRole("button", { name: "Update copy" }).waitFor();
  await page.getByRole("link", { name: "Open", exact: true }).click();
  await page.waitForURL("**/item/*");
  const { total } = await cortex.call<{ total: number }>("GET", "/api/items?site=example.org&limit=1");
  expect(total).toBe(1);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("12: what is typed while Cortex dies is kept, and saved when it is back", async () => {
  const { page } = await cortex.open(browser, "/library");
  await rowOf(page, "Something to begin with").waitFor();
  await page.keyboard.press("c");
  await field(page).waitFor();
  await page.keyboard.type("A thought that was being ");
  await cortex.kill();
  await page.getByText("What you typed is kept").waitFor();
  await page.keyboard.type("written down");
  // What was not sent is there again, also after the page was left.
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("c");
  await expect.poll(() => field(page).inputValue()).toBe("A thought that was being written down");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  // The list stays readable meanwhile.
  expect(await rowOf(page, "Something to begin with").isVisible()).toBe(true);
  await cortex.run();
  await page.getByText("What you typed is kept").waitFor({ state: "detached" });
  await rowOf(page, "A thought that was being written down").waitFor();
  const { total } = await cortex.call<{ total: number }>("GET", "/api/items?kind=note&limit=1");
  expect(total).toBe(2);
  await page.context().close();
});

test("18: a change in one tab shows in another, over one stream for both", async () => {
  const { page } = await cortex.open(browser, "/library");
  const streams: string[] = [];
  page.context().on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/events") streams.push(request.url());
  });
  const other = await page.context().newPage();
  await other.goto(`${cortex.url}/library`);
  await rowOf(other, "Something to begin with").waitFor();
  await page.bringToFront();
  await rowOf(page, "Something to begin with").waitFor();
  await rowOf(page, "Something to begin with").hover();
  await rowOf(page, "Something to begin with").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Add to favourites" }).click();
  await rowOf(other, "Something to begin with").getByLabel("Favourite").waitFor({ timeout: 5_000 });
  expect(streams.length).toBeLessThanOrEqual(1);
  // The tab that listened is closed: the other one takes over.
  await page.close();
  await cortex.call("POST", "/api/items", { content: "Saved while one tab was closed" });
  await rowOf(other, "Saved while one tab was closed").waitFor();
  await other.context().close();
});
