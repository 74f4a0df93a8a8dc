import { createKeybindingsHandler } from "tinykeys";
import { expect, test } from "vitest";
import { pressesOf, sameKeys, shownKeys } from "@/lib/keys";

const press = (key: string, given: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key, code: "KeyX", ...given });

/** Whether the shortcut takes what is pressed. */
function takes(keys: string, ...presses: KeyboardEvent[]): boolean {
  let taken = false;
  const take = () => {
    taken = true;
  };
  const handle = createKeybindingsHandler(Object.fromEntries(pressesOf(keys).map((each) => [each, take])), {
    ignore: () => false,
  });
  for (const each of presses) handle(each);
  return taken;
}

test("a sign is taken wherever a keyboard has it: bare, behind Shift, behind AltGr", () => {
  for (const keys of ["/", "Shift+#", "?", "[", "1", "+"]) {
    const sign = keys.at(-1) ?? "";
    expect(takes(keys, press(sign)), `${keys} bare`).toBe(true);
    expect(takes(keys, press(sign, { shiftKey: true })), `${keys} behind Shift`).toBe(true);
    expect(takes(keys, press(sign, { modifierAltGraph: true })), `${keys} behind AltGr`).toBe(true);
    expect(takes(keys, press(sign, { altKey: true })), `${keys} with Alt`).toBe(false);
    expect(takes(keys, press(sign, { ctrlKey: true })), `${keys} with Ctrl`).toBe(false);
  }
  expect(takes("$mod+\\", press("\\", { ctrlKey: true, shiftKey: true }))).toBe(true);
  expect(takes("g ,", press("g"), press(",", { shiftKey: true }))).toBe(true);
});

test("of letters and named keys Shift makes others", () => {
  expect(takes("j", press("J", { shiftKey: true }))).toBe(false);
  expect(takes("Shift+J", press("J", { shiftKey: true }))).toBe(true);
  expect(takes("Shift+F10", press("F10"))).toBe(false);
  expect(takes("F6", press("6"))).toBe(false);
});

test("keys are compared by what is typed, and shown as they stand on a keyboard", () => {
  expect(["Shift+?", "Shift++", "$mod+Shift+g", "Shift+F10", "g ,"].map(sameKeys)).toEqual([
    "?",
    "+",
    "$mod+Shift+g",
    "Shift+F10",
    "g ,",
  ]);
  expect(["$mod+k", "Shift+?", "+", "g l", "Delete", "$mod++"].map(shownKeys)).toEqual([
    "Ctrl K",
    "?",
    "+",
    "G then L",
    "Del",
    "Ctrl +",
  ]);
});
