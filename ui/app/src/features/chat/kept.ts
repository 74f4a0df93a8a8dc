/** What this browser keeps of chats: words not sent yet, the chosen scope and model, answers that broke off. */
import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { AskScope } from "./scope";

/** The name under which a conversation that has not begun keeps its draft. */
export const NEW = "new";
const MOST_PARTIAL = 20;

interface Kept {
  drafts: Record<string, string>;
  scopes: Record<string, AskScope>;
  model: string | null;
  /** Text of answers whose end was never heard, by message: the server may know less of them. */
  partial: Record<string, string>;
  setDraft: (conversation: string, text: string) => void;
  setScope: (conversation: string, scope: AskScope) => void;
  setModel: (model: string | null) => void;
  keepPartial: (message: string, text: string) => void;
}

export const useKept = create<Kept>()(
  persist(
    (set) => ({
      drafts: {},
      scopes: {},
      model: null,
      partial: {},
      setDraft: (conversation, text) =>
        set(({ drafts: { [conversation]: _, ...drafts } }) => ({
          drafts: text === "" ? drafts : { ...drafts, [conversation]: text },
        })),
      setScope: (conversation, scope) =>
        set(({ scopes }) => ({ scopes: { ...scopes, [conversation]: scope } })),
      setModel: (model) => set({ model }),
      keepPartial: (message, text) =>
        set(({ partial }) => ({
          partial: Object.fromEntries(
            [...Object.entries(partial).filter(([id]) => id !== message), [message, text]].slice(
              -MOST_PARTIAL,
            ),
          ) as Record<string, string>,
        })),
    }),
    { name: "cortex-chat", version: 1 },
  ),
);
