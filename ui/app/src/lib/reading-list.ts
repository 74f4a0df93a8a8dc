/** The list somebody came from, so that the reader can go on to its next item. Ids in the list's order. */
import { create } from "zustand";

interface ReadingList {
  ids: string[];
  /** The address of the list. */
  from: string;
  come: (ids: string[]) => void;
}

export const useReadingList = create<ReadingList>()((set) => ({
  ids: [],
  from: "/library",
  come: (ids) => set({ ids, from: location.pathname + location.search }),
}));

/** The item before or after one in the list; undefined at its ends, and for an item that is not in it. */
export function neighbour(ids: string[], id: string, by: 1 | -1): string | undefined {
  const at = ids.indexOf(id);
  return at === -1 ? undefined : ids[at + by];
}
