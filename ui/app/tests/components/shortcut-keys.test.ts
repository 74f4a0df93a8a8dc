import { expect, test } from "vitest";
import { pressedKeys, rivals } from "@/features/settings/shortcut-keys";

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test("a press is written as shortcuts are", () => {
  expect(pressedKeys({ ...none, key: "y" }, false)).toBe("y");
  expect(pressedKeys({ ...none, key: "J", shiftKey: true }, false)).toBe("Shift+J");
  expect(pressedKeys({ ...none, key: "K", ctrlKey: true, shiftKey: true }, false)).toBe("$mod+Shift+k");
  expect(pressedKeys({ ...none, key: "k", metaKey: true }, true)).toBe("$mod+k");
  expect(pressedKeys({ ...none, key: "k", ctrlKey: true }, true)).toBe("Control+k");
  expect(pressedKeys({ ...none, key: "F2", altKey: true }, false)).toBe("Alt+F2");
});

test("modifiers alone, and what leaves the dialog, are no shortcut", () => {
  for (const key of ["Shift", "Control", "Escape", "Tab"])
    expect(pressedKeys({ ...none, key }, false)).toBeNull();
});

test("two commands are rivals only where both are offered", () => {
  const all = [
    { id: "a", group: "lists", keys: ["j", "ArrowDown"] },
    { id: "b", group: "reader", keys: ["j"] },
    { id: "c", group: "everywhere", keys: ["c"] },
  ];
  expect(rivals({ id: "x", group: "lists", keys: ["j"] }, all).map((one) => one.id)).toEqual(["a"]);
  expect(rivals({ id: "x", group: "reader", keys: ["c"] }, all).map((one) => one.id)).toEqual(["c"]);
  expect(rivals({ id: "a", group: "lists", keys: ["j"] }, all)).toEqual([]);
});
