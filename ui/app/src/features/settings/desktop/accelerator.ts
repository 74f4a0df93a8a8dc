import { shownKey } from "@/lib/keys";

/** Keys that work in every program, as the desktop app writes them: `Control+Shift+Space`, by the places of keys. */
const PLACES =
  /^(?:Key[A-Z]|Digit\d|F\d{1,2}|Space|Enter|Home|End|PageUp|PageDown|Insert|Arrow(?:Up|Down|Left|Right)|Minus|Equal|Comma|Period|Slash|Backslash|Semicolon|Quote|Backquote|BracketLeft|BracketRight)$/;

type Press = Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** The keys of a press; null for those that programs need themselves: nothing held but Shift, and no F key. */
export function acceleratorOf({ code, ctrlKey, metaKey, shiftKey, altKey }: Press): string | null {
  if (!PLACES.test(code)) return null;
  if (!ctrlKey && !metaKey && !altKey && !/^F\d/.test(code)) return null;
  const held = [
    ctrlKey ? "Control" : null,
    altKey ? "Alt" : null,
    shiftKey ? "Shift" : null,
    metaKey ? "Super" : null,
  ];
  return [...held.filter((key) => key !== null), code].join("+");
}

const NAMES: Record<string, string> = {
  CommandOrControl: "$mod",
  ...(/Mac/.test(navigator.platform) ? { Super: "Meta" } : {}),
};

/** As people read it: `Ctrl Shift Space`. */
export function shownAccelerator(keys: string): string {
  return keys
    .split("+")
    .map((key) => shownKey(NAMES[key] ?? key.replace(/^(?:Key|Digit)(?=.)/, "")))
    .join(" ");
}
