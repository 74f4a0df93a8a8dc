/** What can be undone, and the notices that say so for ten seconds. */
import { create } from "zustand";
import { api, unwrap } from "./api";
import { t } from "./i18n";
import { asProblem } from "./problem";

export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "danger";
  undoId: string | null;
  /** The item it is about, to be opened from the notice. */
  itemId: string | null;
}

interface Notices {
  notices: Notice[];
  past: { undoId: string; text: string }[];
  tell: (
    text: string,
    options?: { undoId?: string | null; tone?: Notice["tone"]; itemId?: string | null },
  ) => void;
  dismiss: (id: number) => void;
}

let last = 0;
const KEPT = 50;

export const useNotices = create<Notices>()((set) => ({
  notices: [],
  past: [],
  tell: (text, { undoId = null, tone = "plain", itemId = null } = {}) => {
    last += 1;
    const notice: Notice = { id: last, text, tone, undoId, itemId };
    set((state) => ({
      notices: [...state.notices.slice(-2), notice],
      past: undoId === null ? state.past : [{ undoId, text }, ...state.past].slice(0, KEPT),
    }));
  },
  dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
}));

/** Say that something failed, in the server's own words. */
export function tellProblem(error: unknown): void {
  useNotices.getState().tell(asProblem(error).message, { tone: "danger" });
}

/** Undo one change; the last one when none is named. */
export async function undo(undoId?: string): Promise<void> {
  const { past, tell } = useNotices.getState();
  const wanted = undoId ?? past[0]?.undoId;
  if (wanted === undefined) return;
  useNotices.setState((state) => ({
    past: state.past.filter((each) => each.undoId !== wanted),
    notices: state.notices.filter((notice) => notice.undoId !== wanted),
  }));
  try {
    await unwrap(api.POST("/api/undo/{undo_id}", { params: { path: { undo_id: wanted } } }));
    tell(t("action.undone"));
  } catch (error) {
    tell(t("action.undoFailed", { message: asProblem(error).message }), { tone: "danger" });
  }
}
