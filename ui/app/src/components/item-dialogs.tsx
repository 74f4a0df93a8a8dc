/** Tagging, moving and noting, for one item, a selection, or all that match. */
import { Suspense } from "react";
import { create } from "zustand";
import type { Item, Target } from "@/lib/items";
import { loadLater } from "@/lib/load-later";

const ItemDialogForm = loadLater(async () => (await import("./item-dialog-form")).ItemDialogForm);

export type Shown =
  /** `count`: how many items the target is, where it does not name them. */
  { kind: "tag" | "move"; target: Target; count?: number } | { kind: "note"; item: Item };

interface ItemDialog {
  shown: Shown | null;
  show: (dialog: Shown) => void;
  close: () => void;
}

export const useItemDialog = create<ItemDialog>()((set) => ({
  shown: null,
  show: (shown) => set({ shown }),
  close: () => set({ shown: null }),
}));

export function ItemDialogs() {
  const { shown, close } = useItemDialog();
  return <Suspense>{shown === null ? null : <ItemDialogForm shown={shown} onClose={close} />}</Suspense>;
}
