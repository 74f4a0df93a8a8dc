/**
 * What was typed into a form and is not stored yet. It is kept in this browser under a key until it is stored or given
 * up: neither closing the form, nor leaving the view, nor a stop of Cortex loses it. Two windows share it.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";

const PREFIX = "cortex-typed:";
/** Where the storage is full or closed it lasts as long as the page. */
const unstorable = new Map<string, string>();
const listeners = new Set<() => void>();

function read(key: string): string | null {
  return unstorable.get(key) ?? localStorage.getItem(PREFIX + key);
}

function write(key: string, value: string | null): void {
  unstorable.delete(key);
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    if (value !== null) unstorable.set(key, value);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", listener);
  };
}

/** One text, or the fields of a form by name. */
export type Typed = string | { readonly [field: string]: string };

export interface TypedDraft<Value> {
  /** What was typed, else what is stored. */
  value: Value;
  set: (value: Value) => void;
  /** Whether there is something that is not stored. */
  isChanged: boolean;
  /** It is given up. */
  forget: () => void;
  /**
   * Send what was typed. Once it is stored it is forgotten, unless more was typed meanwhile; if it is not, it is still
   * here, and the mutation has said why. Gives whether it was stored.
   */
  store: (send: (value: Value) => Promise<unknown>) => Promise<boolean>;
}

/**
 * A draft of what is `stored`. `key` names it among all of this browser: `note:item_…`, `rename:collection_…`,
 * `task:new`.
 *
 *     const draft = useTyped(`note:${item.id}`, item.note ?? "");
 *     draft.store((note) => mutateAsync({ id: item.id, change: { note } }));
 *
 * A form in a dialog is a `DraftDialog`.
 */
export function useTyped<Value extends Typed>(key: string, stored: Value): TypedDraft<Value> {
  const kept = useSyncExternalStore(subscribe, () => read(key));
  const base = JSON.stringify(stored);
  const value = useMemo(() => parsed<Value>(kept) ?? (JSON.parse(base) as Value), [kept, base]);
  const isChanged = kept !== null && JSON.stringify(value) !== base;
  const queries = useQueryClient();
  const isStored = useCallback(
    // While something is on its way it may be shown as stored and is not.
    (text: string | null) => text === base && queries.isMutating() === 0,
    [base, queries],
  );
  // The answer was lost, or another window sent it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed later is compared when it is
  useEffect(() => {
    if (isStored(kept)) write(key, null);
  }, [key]);
  const set = useCallback(
    (next: Value) => {
      const text = JSON.stringify(next);
      write(key, isStored(text) ? null : text);
    },
    [key, isStored],
  );
  const forget = useCallback(() => write(key, null), [key]);
  const store = useCallback(
    async (send: (value: Value) => Promise<unknown>) => {
      try {
        await send(value);
      } catch {
        return false;
      }
      if (read(key) === JSON.stringify(value)) write(key, null);
      return true;
    },
    [key, value],
  );
  return { value, set, isChanged, forget, store };
}

function parsed<Value>(kept: string | null): Value | null {
  try {
    return kept === null ? null : (JSON.parse(kept) as Value);
  } catch {
    return null;
  }
}
