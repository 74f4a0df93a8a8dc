/**
 * Every action is one command: the palette, menus, shortcuts and the help overlay all read this list. Views add
 * theirs while they are shown.
 */
import { useEffect } from "react";
import { create } from "zustand";
import type { MessageId } from "./i18n";

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

interface Registry {
  commands: Command[];
  add: (commands: Command[]) => () => void;
}

export const useCommandRegistry = create<Registry>()((set) => ({
  commands: [],
  add: (commands) => {
    set((state) => ({ commands: [...state.commands, ...commands] }));
    return () => set((state) => ({ commands: state.commands.filter((each) => !commands.includes(each)) }));
  },
}));

/** Offer commands while the component is shown. Memoise the list. */
export function useCommands(commands: Command[]): void {
  useEffect(() => useCommandRegistry.getState().add(commands), [commands]);
}

const TYPING =
  "input, textarea, select, [contenteditable=''], [contenteditable=true], [role=textbox], [role=combobox], [role=menu], [role=listbox], [role=dialog]";

/** Whether single keys belong to where the focus is: text being typed, a menu, a dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing) return true;
  return event.target instanceof Element && event.target.closest(TYPING) !== null;
}

/** Whether a shortcut is made of plain keys, which never fire while somebody types. */
export function isSingleKey(keys: string): boolean {
  return !/\$mod|Control|Meta|Alt/.test(keys) && !/^(?:F\d+|Escape)$/.test(keys);
}
