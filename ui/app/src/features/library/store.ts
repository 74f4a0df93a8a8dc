/** What is selected in the library, and where the keyboard is. By id, so that it stays right when the list moves. */
import { create } from "zustand";

interface LibraryState {
  selected: ReadonlySet<string>;
  /** Everything that the filters match, however many; `selected` is then empty. */
  allMatching: boolean;
  focused: string | null;
  /** Where the focused item was last seen. */
  focusedIndex: number;
  anchor: number | null;
  /** The item whose menu is open, and where on the screen. */
  menu: { id: string; x: number; y: number } | null;
  toggle: (id: string, index: number) => void;
  select: (ids: string[]) => void;
  selectAllMatching: () => void;
  clear: () => void;
  focus: (id: string | null, index: number) => void;
  showMenu: (menu: LibraryState["menu"]) => void;
}

export const useLibrary = create<LibraryState>()((set) => ({
  selected: new Set(),
  allMatching: false,
  focused: null,
  focusedIndex: 0,
  anchor: null,
  menu: null,
  toggle: (id, index) =>
    set((state) => {
      const selected = new Set(state.selected);
      if (!selected.delete(id)) selected.add(id);
      return { selected, allMatching: false, anchor: index };
    }),
  select: (ids) => set((state) => ({ selected: new Set([...state.selected, ...ids]), allMatching: false })),
  selectAllMatching: () => set({ selected: new Set(), allMatching: true }),
  clear: () => set({ selected: new Set(), allMatching: false, anchor: null }),
  focus: (id, index) => set({ focused: id, focusedIndex: index }),
  showMenu: (menu) => set({ menu }),
}));
