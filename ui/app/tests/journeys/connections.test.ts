import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cortex, launch } from "./cortex";

const PLACES = ["Dover", "Calais", "Ostend", "Bremen"];
let cortex: Cortex;
let browser: Browser;
beforeAll(async () => {
  [cortex, browser] = await Promise.all([Cortex.start(), launch()]);
  for (const place of PLACES) {
    const content = `The lighthouse of ${place} stands above the harbour and warns ships of the rocks at night.`;
    await cortex.save({ title: `Lighthouse of ${place}`, content, tags: ["lighthouse"] });
  }
});
afterAll(async () => {
  await browser.close();
  await cortex.stop();
});

test("pairs show what both say, rows never overlap, and the graph is walked to each neighbour", async () => {
  const pairs = async () => (await cortex.call<{ edges: unknown[] }>("GET", "/api/connections")).edges.length;
  await expect.poll(pairs).toBeGreaterThan(2);
  const { page } = await cortex.open(browser, "/connections");
  const rows = page.locator("main li[aria-setsize]");
  await rows.first().waitFor();
  await page.getByRole("button", { name: "What both say" }).first().click();
  await expect.poll(() => rows.first().locator("q").count()).toBe(2);
  await page.evaluate(() =>
    localStorage.setItem("cortex-preferences", JSON.stringify({ state: { textScale: 2 }, version: 1 })),
  );
  await page.reload();
  await rows.nth(1).waitFor();
  await expect
    .poll(async () => {
      const boxes = await rows.evaluateAll((all) =>
        all.map((each) => {
          const { top, bottom } = each.getBoundingClientRect();
          return { top: Math.round(top), bottom: Math.round(bottom) };
        }),
      );
      return boxes.every((box, index) => index === 0 || box.top >= (boxes[index - 1]?.bottom ?? 0) - 1);
    })
    .toBe(true);

  await page.goto(`${cortex.url}/connections?view=graph`);
  const picture = page.getByRole("application");
  await picture.waitFor();
  await picture.focus();
  const { nodes, edges } = await cortex.call<{
    nodes: { id: string; title: string }[];
    edges: { source: string; target: string }[];
  }>("GET", "/api/connections");
  const first = nodes[0]?.id ?? "";
  const near = edges.filter((edge) => [edge.source, edge.target].includes(first));
  const wanted = new Set(near.map(({ source, target }) => (source === first ? target : source)));
  const seen = new Set<string>();
  for (let step = 0; step < wanted.size; step += 1) {
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => picture.getAttribute("aria-label")).toContain(`${step + 1} of ${wanted.size}`);
    seen.add((await picture.locator("+ p span").first().innerText()).trim());
  }
  expect(seen.size).toBe(wanted.size);
  await page.context().close();
});
