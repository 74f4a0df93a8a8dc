import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axe } from "./axe";
import { Cortex, launch } from "./cortex";
import { Gate } from "./model-servers";
import { type ChatBody, type Said, ScriptedOllama } from "./ollama";
import { chooseTheme, THEMES } from "./themes";

const LIGHTHOUSE = `The lighthouse at Skerry Point was built by Ada Moreland in 1871.

It stands on the northern rocks and was automated in 1984, after the last keeper had left it.

The keeper's cottage beside the lighthouse at Skerry Point is a museum today.`;
const BREAD = "The rye bread of the Halden bakery rises for nineteen hours before it is baked.";
const QUESTION = "When was the lighthouse at Skerry Point automated?";

/** What the model says next waits for it. */
let gate = new Gate();
let breaks = true;
let ollama: ScriptedOllama;
let cortex: Cortex;
let browser: Browser;

function say({ messages, format, tools }: ChatBody): Said {
  const last = messages.at(-1)?.content ?? "";
  if (format) return { pieces: ['{"questions": [], "title": "Skerry Point"}'] };
  if (messages[0]?.content.includes("rewrite the last question"))
    return { pieces: [last.split("Last question: ").at(-1) ?? ""] };
  if (messages.at(-1)?.role === "tool")
    return { pieces: last.includes("Made the task") ? ["The task is made."] : ["It was not made."] };
  const question =
    messages
      .find(({ role }) => role === "user")
      ?.content.split("Question: ")
      .at(-1) ?? "";
  if (question.includes("task") && tools?.length)
    return { calls: [{ name: "create_task", arguments: { title: question.split(": ").at(-1) ?? "" } }] };
  if (question.includes("break off")) {
    return { pieces: ["Ada Moreland built the lighthouse [1]. ", gate.opened], breaksOff: breaks };
  }
  if (question.includes("at length"))
    return {
      pieces: [
        "The lighthouse stands there [1].\n\n".repeat(60),
        gate.opened,
        "The lighthouse stands on [1]. ".repeat(60),
      ],
    };
  if (question.includes("slowly"))
    return { pieces: ["Ada Moreland built the lighthouse [1]. ", gate.opened, "It was automated."] };
  return {
    pieces: [
      "Ada Moreland built the lighthouse at Skerry Point in 1871 [1]. ",
      "It was **automated in 1984** [2]. ",
      "It has 4711 steps [1].\n\n![a picture](https://evil.example/x.png) <img src=x onerror=alert(1)>",
    ],
  };
}

beforeAll(async () => {
  ollama = await ScriptedOllama.start(say);
  [cortex, browser] = await Promise.all([Cortex.start({ CORTEX_OLLAMA_HOST: ollama.url }), launch()]);
  await cortex.call("PUT", "/api/settings/ai", { provider: "embedded" });
  for (const content of LIGHTHOUSE.split("\n\n"))
    await cortex.save({ title: content.split(" ").slice(0, 6).join(" "), content });
  await cortex.save({ title: "Rye bread", content: BREAD });
  await cortex.call("PUT", "/api/settings/ai", { provider: "auto" });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await cortex.stop();
  await ollama.stop();
});

/** Type a question and send it, by keyboard; the field has the focus when the view opens. */
async function ask(page: Page, question: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Ask your library" });
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type(question);
  await page.keyboard.press("Enter");
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
  });
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; (await focused(page)) !== name; pressed += 1) {
    if (pressed > 40) throw new Error(`Tab does not lead to ${name}`);
    await page.keyboard.press("Tab");
  }
}

test("an answer's second source opens at its marked words, by keyboard alone", async () => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  await ask(page, QUESTION);
  await page.getByText("automated in 1984").waitFor();
  await page.getByText(/tokens/).waitFor();
  await page.keyboard.press("F6");
  expect(await focused(page)).toBe("Cortex");
  await page.keyboard.press("2");
  const aside = page.getByRole("complementary", { name: "Sources" });
  await aside.locator("mark").waitFor();
  const [stored] = (
    await cortex.call<{ messages: { citations: { n: number; quote: string }[] }[] }>(
      "GET",
      `/api/conversations/${new URL(page.url()).pathname.split("/").at(-1)}`,
    )
  ).messages.slice(-1);
  const quote = stored?.citations.find(({ n }) => n === 2)?.quote;
  expect(await aside.locator("mark").textContent()).toBe(quote);
  expect(await focused(page)).toBe("Cortex");
  expect(page.url()).toMatch(/source=.*\.2$/);
  // What no source bears out is marked, and nothing of the answer became HTML or was asked of another host.
  await page.getByText(/statements? (is|are) not borne out/).waitFor();
  expect(await page.locator("article img").count()).toBe(0);
  expect(await page.getByRole("link", { name: "a picture" }).getAttribute("href")).toContain("evil.example");
  // Back to the passage in the reader.
  await page.keyboard.press("F6");
  await tabTo(page, "Open");
  await page.keyboard.press("Enter");
  await page.locator('mark[data-kind="cited"]').first().waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a stopped answer and one that Cortex died in both keep their text", {
  timeout: 120_000,
}, async () => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  gate = new Gate();
  await ask(page, "Tell slowly who built the lighthouse at Skerry Point");
  await page.getByText("Ada Moreland built the lighthouse").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Stopped. What was written is kept.").waitFor();
  expect(await page.getByText("Ada Moreland built the lighthouse").isVisible()).toBe(true);
  gate.open();
  expect(complaints).toEqual([]);

  gate = new Gate();
  await page.getByRole("link", { name: "New conversation" }).click();
  await page.waitForURL("**/chat");
  await ask(page, "Tell slowly who built the lighthouse at Skerry Point");
  await page.waitForURL("**/chat/conv_*");
  await page.getByText("Ada Moreland built the lighthouse").waitFor();
  await cortex.kill();
  await page.getByText("Interrupted", { exact: true }).waitFor();
  expect(await page.getByText("Ada Moreland built the lighthouse").isVisible()).toBe(true);
  await cortex.run();
  await page.getByText("Cortex is restarting").waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("Interrupted", { exact: true }).waitFor();
  expect(await page.getByText("Ada Moreland built the lighthouse").isVisible()).toBe(true);
  gate.open();
  gate = new Gate();
  gate.open();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("It was automated.").waitFor();
  await page.context().close();
});

test("an answer that a model breaks off says so, keeps its text, and is asked for again", async () => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  gate = new Gate();
  await ask(page, "Will it break off, the lighthouse at Skerry Point?");
  await page.getByText("Ada Moreland built the lighthouse").waitFor();
  gate.open();
  await page.getByRole("button", { name: "Ask again", exact: true }).waitFor();
  expect(await page.getByText("Ada Moreland built the lighthouse").isVisible()).toBe(true);
  expect(await axe(page)).toEqual([]);
  breaks = false;
  await page.getByRole("button", { name: "Ask again", exact: true }).click();
  await page.getByText("Answered again").waitFor();
  await page.getByText(/tokens/).waitFor();
  expect(await page.getByRole("button", { name: "Ask again", exact: true }).count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("of two tool calls one is approved and one refused, by keyboard alone; one wrote", async () => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  await ask(page, "Make a task: visit the lighthouse at Skerry Point");
  await page.getByRole("region", { name: "Cortex asks to do this" }).waitFor();
  await page.keyboard.press("F6");
  await tabTo(page, "Approve");
  await page.keyboard.press("Enter");
  await page.getByText("The task is made.").waitFor();
  await page.keyboard.press("F6");
  for (let pressed = 0; (await focused(page)) !== "Ask your library" && pressed < 5; pressed += 1)
    await page.keyboard.press("F6");
  await ask(page, "Make a task: forget the lighthouse at Skerry Point");
  await page.getByRole("region", { name: "Cortex asks to do this" }).waitFor();
  await page.reload();
  await page.getByRole("region", { name: "Cortex asks to do this" }).waitFor();
  await page.keyboard.press("F6");
  await tabTo(page, "Refuse");
  await page.keyboard.press("Enter");
  await page.getByText("It was not made.").waitFor();
  const tasks = await cortex.call<{ items: { title: string }[] }>("GET", "/api/tasks");
  expect(tasks.items.map(({ title }) => title)).toEqual(["visit the lighthouse at Skerry Point"]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("asking about one item asks that item alone; ↑ asks the last question in other words", async () => {
  const items = await cortex.call<{ items: { id: string; title: string }[] }>("GET", "/api/items");
  const bread = items.items.find(({ title }) => title === "Rye bread");
  const { page, complaints } = await cortex.open(browser, `/item/${bread?.id}`);
  await page.getByRole("heading", { name: "Rye bread" }).first().waitFor();
  await page.keyboard.press("q");
  await page.getByRole("button", { name: "Ask more than Rye bread" }).waitFor();
  await ask(page, "Who built the lighthouse at Skerry Point?");
  await page.getByText("This is not in your library").waitFor();
  await page.getByRole("button", { name: "Ask the whole library" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await expect
    .poll(() => page.getByRole("textbox", { name: "Ask your library" }).inputValue())
    .toBe("Who built the lighthouse at Skerry Point?");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("How long does the rye bread of the Halden bakery rise?");
  await page.keyboard.press("Enter");
  await page.getByText("Asked again in other words").waitFor();
  await page.getByText("This is not in your library").waitFor({ state: "detached" });
  await page.getByText(/tokens/).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the end is followed only by who is near it", async () => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  gate = new Gate();
  await ask(page, "Tell at length about the lighthouse at Skerry Point");
  const answers = page.getByRole("region", { name: "Answers" });
  const gap = () =>
    answers.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
  await page.getByText("The lighthouse stands there").last().waitFor();
  await expect.poll(gap).toBeLessThan(2);
  await answers.evaluate((element) => element.scrollTo(0, 200));
  gate.open();
  await page
    .getByRole("button", { name: "New text below" })
    .or(page.getByText(/tokens/))
    .first()
    .waitFor();
  expect(await answers.evaluate((element) => element.scrollTop)).toBe(200);
  await page.getByText(/tokens/).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("an answer is followed from another tab, and by who comes late", async () => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  gate = new Gate();
  await ask(page, "Tell slowly who built the lighthouse at Skerry Point");
  await page.waitForURL("**/chat/conv_*");
  await page.getByText("Ada Moreland built the lighthouse").waitFor();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByText("Ada Moreland built the lighthouse").waitFor();
  gate.open();
  for (const each of [page, other]) {
    await each.getByText("It was automated.").waitFor();
    await each.getByText(/tokens/).waitFor();
  }
  // A question in one shows in the other, with its answer.
  await page.getByRole("textbox", { name: "Ask your library" }).fill(QUESTION);
  await page.keyboard.press("Enter");
  await other.getByText("automated in 1984").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("without a model the best passages are quoted, and said to be", async () => {
  await cortex.call("PUT", "/api/settings/ai", { provider: "embedded" });
  try {
    const { page, complaints } = await cortex.open(browser, "/chat");
    await ask(page, QUESTION);
    const answer = page.getByRole("article", { name: "Cortex" });
    await answer.getByText("quoted from your library, no language model wrote this").waitFor();
    await page.getByRole("button", { name: "Save as a note" }).click();
    // What was done is said above the field, not on it; and who answered is said once.
    const notice = await page.getByText("Saved as a note").boundingBox();
    const composer = await page.locator("form").last().boundingBox();
    expect((notice?.y ?? 0) + (notice?.height ?? 0)).toBeLessThanOrEqual(composer?.y ?? 0);
    const footer = await answer.locator("footer").innerText();
    expect(footer.match(/no language model/gi)).toHaveLength(1);
    const [words, chips] = await Promise.all(
      [".reading", "section"].map((part) => answer.locator(part).first().boundingBox()),
    );
    expect(words?.width).toBe(chips?.width);
    expect(complaints).toEqual([]);
    await page.context().close();
  } finally {
    await cortex.call("PUT", "/api/settings/ai", { provider: "auto" });
  }
});

test("on a phone a source is a sheet, which gives the focus back", async () => {
  const { page, complaints } = await cortex.open(browser, "/chat", { viewport: { width: 390, height: 800 } });
  await ask(page, QUESTION);
  await page.getByText(/tokens/).waitFor();
  await page
    .getByRole("button", { name: /^Source 2/ })
    .first()
    .click();
  const sheet = page.getByRole("dialog", { name: "Sources" });
  await sheet.locator("mark").waitFor();
  expect(await axe(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await expect.poll(() => focused(page)).toMatch(/^Source 2/);
  await page.getByRole("button", { name: "Conversations" }).click();
  await page
    .getByRole("dialog", { name: "Conversations" })
    .getByRole("link", { name: "New conversation" })
    .click();
  await page.waitForURL("**/chat");
  expect(await page.locator("main").evaluate((main) => main.scrollWidth)).toBeLessThanOrEqual(390);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a conversation is renamed, deleted and brought back", async () => {
  const { id } = await cortex.call<{ id: string }>("POST", "/api/conversations", { title: "Before" });
  const { page, complaints } = await cortex.open(browser, `/chat/${id}`);
  await page.getByRole("button", { name: "More about Before" }).click();
  await page.getByRole("menuitem", { name: "Rename…" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("After");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "After" }).waitFor();
  await page.getByRole("button", { name: "More about After" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.waitForURL("**/chat");
  await page.getByRole("link", { name: /^After/ }).waitFor({ state: "detached" });
  await page
    .locator("div", { hasText: /^Conversation deleted/ })
    .getByRole("button", { name: "Undo" })
    .last()
    .click();
  await page.getByRole("link", { name: /^After/ }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test.each(THEMES)("nothing is wrong with the view in %s", async (theme) => {
  const { page, complaints } = await cortex.open(browser, "/chat");
  await chooseTheme(page, theme);
  await page.reload();
  await page.getByRole("textbox", { name: "Ask your library" }).waitFor();
  await page.getByRole("button", { name: /^What does/ }).waitFor();
  expect(await axe(page)).toEqual([]);
  await ask(page, QUESTION);
  await page.getByText(/tokens/).waitFor();
  await page
    .getByRole("button", { name: /^Source 1/ })
    .first()
    .click();
  await page.locator("aside mark").waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole("textbox", { name: "Ask your library" }).focus();
  await ask(page, "Make a task: look at the lighthouse at Skerry Point");
  await page.getByRole("region", { name: "Cortex asks to do this" }).waitFor();
  expect(await axe(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});
