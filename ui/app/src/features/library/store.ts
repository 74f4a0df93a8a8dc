/** What is selected in the library, and where the keyboard is. By id, so that it stays right when the list moves. */
import { create } from "zustand";
import type { Target } from "@/lib/items";

export interface Asking {
  target: Target;
  count: number;
}

interface LibraryState {
  /** Names the list that the selection is of: another one has a selection of its own. */
  list: string;
  selected: ReadonlySet<string>;
  /** Everything that the filters match, however many, but these; null while single items are selected. */
  allBut: ReadonlySet<string> | null;
  focused: string | null;
  /** Where the focused item was last seen. */
  focusedIndex: number;
  anchor: number | null;
  /** The item whose menu is open, and where on the screen. */
  menu: { id: string; x: number; y: number } | null;
  /** What is about to be deleted for good, once that was answered. */
  asking: Asking | null;
  /** Forget a selection that was made in another list. */
  enter: (list: string) => void;
  toggle: (id: string, index: number) => void;
  select: (ids: string[]) => void;
  selectAllMatching: () => void;
  /** An item is not there any more: neither selected, nor left out. */
  forget: (id: string) => void;
  /** Gives what brings the selection back, where its action was refused; not over one that was made since. */
  clear: () => () => void;
  focus: (id: string | null, index: number) => void;
  showMenu: (menu: LibraryState["menu"]) => void;
  askToDelete: (asking: LibraryState["asking"]) => void;
}

export type Selection = Pick<LibraryState, "selected" | "allBut">;

const NONE = { selected: new Set<string>(), allBut: null, anchor: null };

export const useLibrary = create<LibraryState>()((set, get) => ({
  list: "",
  ...NONE,
  focused: null,
  focusedIndex: 0,
  menu: null,
  asking: null,
  enter: (list) =>
    set((state) => (state.list === list ? state : { list, menu: null, asking: null, ...NONE })),
  toggle: (id, index) =>
    set((state) => {
      const changed = new Set(state.allBut ?? state.selected);
      if (!changed.delete(id)) changed.add(id);
      return { ...(state.allBut === null ? { selected: changed } : { allBut: changed }), anchor: index };
    }),
  select: (ids) =>
    set((state) => {
      if (state.allBut === null) return { selected: new Set([...state.selected, ...ids]) };
      const allBut = new Set(state.allBut);
      for (const id of ids) allBut.delete(id);
      return { allBut };
    }),
  selectAllMatching: () => set({ ...NONE, allBut: new Set() }),
  forget: (id) =>
    set(({ selected, allBut }) => ({
      selected: without(selected, id),
      allBut: allBut && without(allBut, id),
    })),
  clear: () => {
    const { list, selected, allBut, anchor } = get();
    set(NONE);
    return () =>
      set((now) =>
        now.list === list && now.allBut === null && now.selected.size === 0
          ? { selected, allBut, anchor }
          : now,
      );
  },
  focus: (id, index) => set({ focused: id, focusedIndex: index }),
  showMenu: (menu) => set({ menu }),
  askToDelete: (asking) => set({ asking }),
}));

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : ids;
}

export function isSelected({ selected, allBut }: Selection, id: string): boolean {
  return allBut === null ? selected.has(id) : !allBut.has(id);
}

/** How many are selected; `total` is how many the filters match. */
export function selectedCount({ selected, allBut }: Selection, total: number): number {
  return allBut === null ? selected.size : Math.max(0, total - allBut.size);
}
