import { useEffect } from "react";
import { tinykeys } from "tinykeys";
import { isSingleKey, isTyping, useOfferedCommands } from "@/lib/commands";
import { pressesOf, sameKeys } from "@/lib/keys";
import { usePreferences } from "@/lib/preferences";

/** What text fields do themselves: undo, and select their text. */
const OF_FIELDS = ["$mod+z", "$mod+a"];

/** Bind the keys of all commands that are offered; the one added last wins where two want the same. */
export function useShortcuts(): void {
  const commands = useOfferedCommands();
  const singleKeys = usePreferences((state) => state.singleKeys);
  useEffect(() => {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const command of commands) {
      for (const keys of command.keys ?? []) {
        const single = isSingleKey(keys);
        if (single && !singleKeys) continue;
        bindings[sameKeys(keys)] = (event) => {
          if (pressesElement(event)) return;
          if (event.defaultPrevented || (isTyping(event) && (single || OF_FIELDS.includes(keys)))) return;
          if (event.repeat && command.noRepeat) return;
          event.preventDefault();
          command.run();
        };
      }
    }
    // Sequences come first: the last key of one must not also do what it does alone.
    const ordered = Object.entries(bindings)
      .toSorted(([a], [b]) => b.split(" ").length - a.split(" ").length)
      .flatMap(([keys, run]) => pressesOf(keys).map((presses) => [presses, run] as const));
    // What belongs to fields, and what repeats, is decided above, command by command.
    return tinykeys(window, Object.fromEntries(ordered), { ignore: (event) => event.isComposing });
  }, [commands, singleKeys]);
}

/** Enter and Space on a link or a button are its own. */
function pressesElement(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  return event.target instanceof Element && event.target.closest("a[href], button, summary, label") !== null;
}
