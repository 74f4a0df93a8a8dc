import { type MessageId, t } from "./i18n";

const APPLE = /Mac|iP(?:hone|ad)/.test(navigator.platform);
const SIGNS: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  ...(APPLE ? { $mod: "⌘", Control: "⌃", Shift: "⇧", Alt: "⌥", Meta: "⌘" } : {}),
};
const NAMES: Record<string, MessageId> = {
  $mod: "keys.control",
  Control: "keys.control",
  Shift: "keys.shift",
  Alt: "keys.alt",
  Escape: "keys.escape",
  Delete: "keys.delete",
  PageUp: "keys.pageUp",
  PageDown: "keys.pageDown",
  Space: "keys.space",
  " ": "keys.space",
};
/** A press that ends in a sign or a digit: its modifiers, and what is typed. */
const SIGN = /^(.*\+)?([^\p{L}\s])$/u;

/** One key as it stands on a keyboard; others are shown as they are. */
export function shownKey(key: string): string {
  const name = NAMES[key];
  return SIGNS[key] ?? (name === undefined ? (key.length === 1 ? key.toUpperCase() : key) : t(name));
}

/**
 * A shortcut as it is compared. Keyboards put signs and digits behind Shift or not, so what is typed counts: `Shift+?`
 * and `?` are one.
 */
export function sameKeys(keys: string): string {
  return keys
    .split(" ")
    .map((press) => press.replace(SIGN, (_, before = "", sign) => before.replace("Shift+", "") + sign))
    .join(" ");
}

/** The ways to press a shortcut, for tinykeys: signs with Shift or without, and behind AltGr. */
export function pressesOf(keys: string): string[] {
  const presses = sameKeys(keys).split(" ");
  const written = (more: string) =>
    presses
      .map((press) => press.replace(SIGN, (_, before = "", sign) => `${before}${more}[Shift]+${sign}`))
      .join(" ");
  return presses.some((press) => SIGN.test(press)) ? [written(""), written("AltGraph+")] : [keys];
}

/** A shortcut as people read it: `$mod+k` is `Ctrl K`, or `⌘ K` on a Mac. */
export function shownKeys(keys: string): string {
  return (
    sameKeys(keys)
      .split(" ")
      // A plus at the end is the key itself.
      .map((press) =>
        press
          .split(/\+(?=.)/)
          .map(shownKey)
          .join(" "),
      )
      .reduce((first, second) => t("keys.sequence", { first, second }))
  );
}
