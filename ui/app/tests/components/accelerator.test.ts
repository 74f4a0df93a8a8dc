import { expect, test } from "vitest";
import { acceleratorOf, shownAccelerator } from "@/features/settings/desktop/accelerator";

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test("keys for every program are written by their place, with what is held", () => {
  expect(acceleratorOf({ ...none, code: "Space", ctrlKey: true, shiftKey: true })).toBe(
    "Control+Shift+Space",
  );
  expect(acceleratorOf({ ...none, code: "KeyK", metaKey: true, altKey: true })).toBe("Alt+Super+KeyK");
  expect(acceleratorOf({ ...none, code: "F9" })).toBe("F9");
});

test("what programs need for themselves is not taken from them", () => {
  expect(acceleratorOf({ ...none, code: "KeyK" })).toBeNull();
  expect(acceleratorOf({ ...none, code: "KeyK", shiftKey: true })).toBeNull();
  for (const code of ["ControlLeft", "Tab", "Escape", "", "Power"])
    expect(acceleratorOf({ ...none, code, ctrlKey: true })).toBeNull();
});

test("keys are shown as they stand on a keyboard", () => {
  expect(shownAccelerator("Control+Shift+Space")).toBe("Ctrl Shift Space");
  expect(shownAccelerator("Alt+KeyK")).toBe("Alt K");
  expect(shownAccelerator("CommandOrControl+Digit1")).toBe("Ctrl 1");
  expect(shownAccelerator("Super+F12")).toBe("Super F12");
});
