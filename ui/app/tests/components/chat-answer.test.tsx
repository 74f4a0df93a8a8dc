import { I18nProvider } from "@lingui/react";
import { expect, test, vi } from "vitest";
import { render } from "vitest-browser-react";
import type { Citation, Message } from "@/features/chat/live-answer";
import { AnswerText } from "@/features/chat/markdown/answer-text";
import { i18n } from "@/lib/i18n";

function citation(n: number, title: string): Citation {
  return {
    n,
    title,
    item_id: `item_${n}`,
    chunk_id: `chunk_${n}`,
    url: null,
    quote: "words",
    start: 0,
    end: 5,
    page: null,
    content_version: 1,
    verified: true,
  };
}

async function shown(content: string, claims: Message["claims"] = [], onSource = vi.fn()) {
  const screen = await render(
    <I18nProvider i18n={i18n}>
      <AnswerText
        content={content}
        citations={[citation(1, "First"), citation(2, "Second")]}
        claims={claims}
        onSource={onSource}
      />
    </I18nProvider>,
  );
  return { screen, onSource };
}

test("numbers that have a source are buttons; others and those in code stay words", async () => {
  const { screen, onSource } = await shown("So it is [1][2], not [7]; `a[1]`.\n\n```\nb[2]\n```");
  expect(screen.getByRole("button").elements()).toHaveLength(2);
  await screen.getByRole("button", { name: "Source 2, Second" }).click();
  expect(onSource).toHaveBeenCalledWith(2);
  await expect.element(screen.getByText("not [7];")).toBeVisible();
  await expect.element(screen.getByText("a[1]")).toBeVisible();
});

test("HTML stays out, images become links, and addresses that act lead nowhere", async () => {
  const { screen } = await shown(
    'Look ![a **map**](https://evil.example/x.png) <img src="x" onerror="alert(1)"> <b>bold</b> [go](javascript:alert(1)) [out](https://example.org)',
  );
  const root = screen.container;
  expect(root.querySelector("img, b, script")).toBeNull();
  const links = [...root.querySelectorAll("a")].map((link) => [link.textContent, link.getAttribute("href")]);
  expect(links).toEqual([
    ["a map", "https://evil.example/x.png"],
    ["out", "https://example.org"],
  ]);
});

test("what its sources do not say is marked, across formatting, counted in code points", async () => {
  const content = "😀 Right [1].\n\nIt has **4711** steps [2]. Right again [1].";
  const start = [...content.slice(0, content.indexOf("It has"))].length;
  const end = [...content.slice(0, content.indexOf(" Right again"))].length;
  const { screen } = await shown(content, [
    { start, end, citations: [2], supported: false, reason: "numbers" },
    { start: 0, end: 8, citations: [1], supported: true, reason: null },
  ]);
  const marked = [...screen.container.querySelectorAll("[title='the source gives other numbers']")];
  expect(marked.map((element) => element.textContent).join("|")).toBe(
    "It has |4711| steps 2. (the source gives other numbers)",
  );
});
