/** What could not be sent, in this browser's storage: an entry for each, so that two windows never lose one another's. */
import type { Schemas } from "@cortex/api-client";

export interface Unsent {
  /** Also its `Idempotency-Key`: an answer that got lost is asked for again, and nothing is stored twice. */
  key: string;
  item: Schemas["NewItem"] & { captured_at: string };
}

const PREFIX = "cortex-unsent:";

/** Keep one thing; false where the storage is full. */
export function keep(item: Schemas["NewItem"]): boolean {
  const entry: Unsent["item"] = { ...item, captured_at: item.captured_at ?? new Date().toISOString() };
  try {
    localStorage.setItem(PREFIX + crypto.randomUUID(), JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

/** All that is kept, oldest first. */
export function unsent(): Unsent[] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => {
      const item = read(name);
      return item === null ? [] : [{ key: name.slice(PREFIX.length), item }];
    })
    .sort((one, other) => one.item.captured_at.localeCompare(other.item.captured_at));
}

export function forget(key: string): void {
  localStorage.removeItem(PREFIX + key);
}

function read(name: string): Unsent["item"] | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as Unsent["item"] | null;
  } catch {
    return null;
  }
}
