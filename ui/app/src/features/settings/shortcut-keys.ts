import { sameKeys } from "@/lib/keys";

/** Keys as tinykeys writes them, read from what somebody presses. */
const MODIFIERS = ["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"];

/** The keys of a press; null while only modifiers are held, and for those that leave a dialog. */
export function pressedKeys(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
  isApple: boolean,
): string | null {
  if (MODIFIERS.includes(event.key) || event.key === "Escape" || event.key === "Tab") return null;
  const main = isApple ? event.metaKey : event.ctrlKey;
  const other = isApple ? event.ctrlKey : event.metaKey;
  const parts = [
    main ? "$mod" : null,
    other ? (isApple ? "Control" : "Meta") : null,
    event.altKey ? "Alt" : null,
    event.shiftKey ? "Shift" : null,
    event.key === " " ? "Space" : main && event.key.length === 1 ? event.key.toLowerCase() : event.key,
  ];
  return sameKeys(parts.filter((part) => part !== null).join("+"));
}

interface Keyed {
  id: string;
  group: string;
  keys: string[];
}

/** The commands that want some of the same keys where both are offered. */
export function rivals<Some extends Keyed>(one: Keyed, all: Some[]): Some[] {
  const own = one.keys.map(sameKeys);
  return all.filter(
    (other) =>
      other.id !== one.id &&
      (other.group === one.group || other.group === "everywhere" || one.group === "everywhere") &&
      other.keys.some((keys) => own.includes(sameKeys(keys))),
  );
}
