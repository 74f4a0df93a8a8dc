import { expect, test } from "vitest";
import "@/styles/app.css";

const THEMES = ["light", "dark", "contrast-light", "contrast-dark"];
const FILLS = ["selected", "mark", "cited", "yellow", "green", "blue", "pink", "violet"];

function colour(token: string): [number, number, number] {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const [red = 0, green = 0, blue = 0] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
  probe.remove();
  return [red, green, blue];
}

function luminance(token: string): number {
  const [red, green, blue] = colour(token).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test.each(THEMES)("every pair of colours of the theme %s can be read", (theme) => {
  document.documentElement.dataset.theme = theme;
  for (const text of ["text", "muted", "accent", "danger", "warn", "ok"]) {
    expect(contrast(text, "bg"), `${text} on bg`).toBeGreaterThanOrEqual(4.5);
    expect(contrast(text, "surface"), `${text} on surface`).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast("on-accent", "accent")).toBeGreaterThanOrEqual(4.5);
  expect(contrast("control", "bg")).toBeGreaterThanOrEqual(3);
  for (const fill of FILLS) expect(contrast("text", fill), `text on ${fill}`).toBeGreaterThanOrEqual(4.5);
  for (const text of ["muted", "accent"])
    expect(contrast(text, "selected"), `${text} on selected`).toBeGreaterThanOrEqual(4.5);
  for (const colourName of ["yellow", "green", "blue", "pink", "violet"])
    expect(contrast(`${colourName}-line`, "bg"), `${colourName} underline`).toBeGreaterThanOrEqual(5);
});
