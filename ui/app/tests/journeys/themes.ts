import type { Page } from "playwright";

export const THEMES = ["light", "dark", "contrast"] as const;

/** Show everything in a theme, from the next page on. */
export async function chooseTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.evaluate((chosen) => {
    const { state = {}, version = 1 } = JSON.parse(localStorage.getItem("cortex-preferences") ?? "{}");
    localStorage.setItem(
      "cortex-preferences",
      JSON.stringify({ state: { ...state, theme: chosen }, version }),
    );
  }, theme);
}
