/** Files that could not be sent, in this browser's database: bounded, and only until they are stored. */
import type { About } from "./saving-files";

export interface UnsentFile {
  /** Also its `Idempotency-Key`. */
  key: string;
  file: File;
  about: About;
  /** When it was kept, in milliseconds since 1970. */
  at: number;
  /** Why Cortex does not take it: it is not sent again, only named until that is seen, and `file` is empty. */
  refused?: string;
}

/** All that is kept together may be so large, in bytes. */
export const MOST_KEPT = 256 * 1024 * 1024;
const STORE = "files";

/** Keep one file; false where it does not fit, or the browser keeps nothing. */
export async function keepFile(file: File, about: About): Promise<boolean> {
  try {
    const kept = await inStore<UnsentFile[]>("readonly", (store) => store.getAll());
    if (kept.reduce((sum, each) => sum + each.file.size, file.size) > MOST_KEPT) return false;
    const entry: UnsentFile = { key: crypto.randomUUID(), file, about, at: Date.now() };
    await inStore("readwrite", (store) => store.put(entry));
    return true;
  } catch {
    return false;
  }
}

/** All that is kept, oldest first. */
export async function unsentFiles(): Promise<UnsentFile[]> {
  try {
    const kept = await inStore<UnsentFile[]>("readonly", (store) => store.getAll());
    return kept.sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}

/** Keep no more of a file than that it was refused, and why. */
export async function keepRefusal({ file, ...entry }: UnsentFile, refused: string): Promise<void> {
  const empty = new File([], file.name);
  await inStore("readwrite", (store) => store.put({ ...entry, about: {}, file: empty, refused }));
}

export async function forgetFile(key: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(key));
}

/** One request in a transaction of its own; resolves once it is on the disk. */
async function inStore<Result>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<Result> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result as Result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("cortex-unsent", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
