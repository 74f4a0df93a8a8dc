const APPLE = /Mac|iP(?:hone|ad)/.test(navigator.platform);
const NAMES: Record<string, string> = {
  $mod: APPLE ? "⌘" : "Ctrl",
  Shift: APPLE ? "⇧" : "Shift",
  Alt: APPLE ? "⌥" : "Alt",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** A shortcut as people read it: `$mod+k` is `Ctrl K`, or `⌘ K` on a Mac. */
export function shownKeys(keys: string): string {
  return keys
    .split(" ")
    .map((press) => {
      const parts = press
        .split("+")
        .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part));
      return (press.startsWith("Shift+?") ? ["?"] : parts).join(" ");
    })
    .join(" then ");
}
