/**
 * What can be undone, and the notices that say so for ten seconds. The changes stay in this browser's storage, in all of
 * its tabs, for the day that the server keeps them.
 */
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
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
  /** What else can be done about it. */
  more: { label: string; run: () => void } | null;
  /** What it is about, where the next notice about that takes its place. */
  topic: string | null;
  /** It stays until it is dismissed, which does this; null where it goes by itself. */
  onDismiss: (() => void) | null;
}

export interface Change {
  undoId: string;
  text: string;
  /** When it was made, in milliseconds. */
  at: number;
}

interface Notices {
  notices: Notice[];
  /** The last one first; also some that are too old by now, see `undoable`. */
  past: Change[];
  tell: (text: string, options?: Partial<Omit<Notice, "id" | "text">>) => void;
  dismiss: (id: number) => void;
}

let last = 0;
const KEPT = 50;
const KEPT_MS = 24 * 3_600_000;
const NAME = "cortex-changes";

/** Where the storage is full, this tab alone knows of a change: what is told must never fail. */
const kept = {
  getItem: (name: string) => localStorage.getItem(name),
  removeItem: (name: string) => localStorage.removeItem(name),
  setItem: (name: string, value: string) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // see above
    }
  },
};

const PLAIN = {
  tone: "plain",
  undoId: null,
  itemId: null,
  more: null,
  topic: null,
  onDismiss: null,
} as const;

/** The last ones, and those that wait to be dismissed. */
function roomIn(notices: Notice[]): Notice[] {
  const passing = notices.filter(({ onDismiss }) => onDismiss === null).slice(-2);
  return notices.filter((notice) => notice.onDismiss !== null || passing.includes(notice));
}

export const useNotices = create<Notices>()(
  persist(
    (set) => ({
      notices: [],
      past: [],
      tell: (text, options = {}) => {
        last += 1;
        const notice: Notice = { ...PLAIN, ...options, id: last, text };
        const { topic, undoId } = notice;
        const made = undoId === null ? [] : [{ undoId, text, at: Date.now() }];
        set((state) => ({
          notices: [
            ...roomIn(state.notices.filter((other) => topic === null || other.topic !== topic)),
            notice,
          ],
          past: made.length === 0 ? state.past : [...made, ...undoable(state.past)].slice(0, KEPT),
        }));
      },
      dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
    }),
    { name: NAME, version: 1, partialize: ({ past }) => ({ past }), storage: createJSONStorage(() => kept) },
  ),
);

// What another tab changed or undid is so here, too.
addEventListener("storage", (event) => {
  if (event.key === NAME) void useNotices.persist.rehydrate();
});

/** The changes that the server still knows how to undo. */
export function undoable(past: Change[], now = Date.now()): Change[] {
  return past.filter(({ at }) => now - at < KEPT_MS);
}

/** Say that something failed, in the server's own words. */
export function tellProblem(error: unknown): void {
  useNotices.getState().tell(asProblem(error).message, { tone: "danger" });
}

/** Undo one change; the last one when none is named. */
export async function undo(undoId?: string): Promise<void> {
  const { past, tell } = useNotices.getState();
  const wanted = undoId ?? undoable(past)[0]?.undoId;
  if (wanted === undefined) return;
  useNotices.setState((state) => ({
    past: state.past.filter((each) => each.undoId !== wanted),
    notices: state.notices.filter((notice) => notice.undoId !== wanted),
  }));
  try {
    await unwrap(api.POST("/api/undo/{undo_id}", { params: { path: { undo_id: wanted } } }));
    tell(t("action.undone"));
  } catch (error) {
    const problem = asProblem(error);
    const change = past.find((each) => each.undoId === wanted);
    if (change && !problem.isFinal)
      useNotices.setState((state) => ({
        past: [change, ...state.past].sort((one, other) => other.at - one.at),
      }));
    tell(t("action.undoFailed", { message: problem.message }), { tone: "danger" });
  }
}
