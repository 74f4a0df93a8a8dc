/**
 * Every action is one command: the palette, menus, shortcuts and the help overlay all read this list. Views add
 * theirs while they are shown.
 */
import { useEffect, useMemo } from "react";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { MessageId } from "./i18n";
import { usePreferences } from "./preferences";

export interface Command {
  id: string;
  title: MessageId;
  /** As tinykeys writes keys: `$mod+k`, `g l`, `Shift+?`. */
  keys?: string[];
  /** Where it works; `everywhere` for those of the shell. */
  group: "everywhere" | "lists" | "reader" | "chat" | "search" | "view";
  run: () => void;
  /** Single keys repeat while held; what destroys must not. */
  noRepeat?: boolean;
}

/** What is known of a command while its view is not shown. */
export type KnownCommand = Pick<Command, "id" | "title" | "keys" | "group">;

interface Registry {
  commands: Command[];
  add: (commands: Command[]) => () => void;
}

export const useCommandRegistry = create<Registry>()((set) => ({
  commands: [],
  add: (commands) => {
    set((state) => ({ commands: [...state.commands, ...commands] }));
    remember(commands);
    return () => set((state) => ({ commands: state.commands.filter((each) => !commands.includes(each)) }));
  },
}));

/** Every command with keys that was ever offered in this browser: what the settings list, also of other views. */
export const useKnownCommands = create<{ known: Record<string, KnownCommand> }>()(
  persist(() => ({ known: {} }), { name: "cortex-commands", version: 1 }),
);

function remember(commands: Command[]): void {
  const { known } = useKnownCommands.getState();
  const added = commands.filter(({ id, title, keys, group }) => {
    const old = known[id];
    const isSame = old?.title === title && old.group === group && old.keys?.join() === keys?.join();
    return keys !== undefined && keys.length > 0 && !isSame;
  });
  if (added.length === 0) return;
  const entries = added.map(({ id, title, keys, group }) => [id, { id, title, keys, group }] as const);
  useKnownCommands.setState({ known: { ...known, ...Object.fromEntries(entries) } });
}

/** The commands that are offered now, with the owner's own keys where there are some. */
export function useOfferedCommands(): Command[] {
  const commands = useCommandRegistry((state) => state.commands);
  const own = usePreferences((state) => state.keys);
  return useMemo(
    () =>
      commands.map((command) => {
        const keys = own[command.id];
        return keys === undefined ? command : { ...command, keys };
      }),
    [commands, own],
  );
}

/** Offer commands while the component is shown. Memoise the list. */
export function useCommands(commands: Command[]): void {
  useEffect(() => useCommandRegistry.getState().add(commands), [commands]);
}

const TYPING =
  "input:not([type=checkbox]), textarea, select, [contenteditable=''], [contenteditable=true], [role=textbox], [role=combobox], [role=menu], [role=listbox], [role=dialog], [role=alertdialog]";

/** Whether single keys belong to where the focus is: text being typed, a menu, a dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing) return true;
  return event.target instanceof Element && event.target.closest(TYPING) !== null;
}

/** Whether a shortcut is made of plain keys, which never fire while somebody types. */
export function isSingleKey(keys: string): boolean {
  return !/\$mod|Control|Meta|Alt/.test(keys) && !/^(?:F\d+|Escape)$/.test(keys);
}
