/**
 * The desktop app around this page, where there is one: what it was asked to do for this computer, and what it tells
 * the page. In a browser nothing here does anything.
 */
import { t } from "./i18n";

/** How the app is set up on this computer. */
export interface DesktopSettings {
  /** The keys that open the small window from anywhere, as `Control+Shift+Space`; null for none. */
  shortcut: string | null;
  /** Why those keys do nothing, where they do. */
  shortcut_problem: ShortcutProblem | null;
  /** It starts, without a window, when the owner signs in to this computer; null where nothing is installed to start. */
  start_at_login: boolean | null;
  /** Closing the window leaves Cortex running. */
  keep_running: boolean;
  /** Whether there is a tray to come back from; without one, closing always ends Cortex. */
  has_tray: boolean;
}

/** `taken`: another program has the keys. `unsupported`: this desktop gives none to anybody. `unknown`: no such keys. */
export type ShortcutProblem = "taken" | "unsupported" | "unknown";

interface Bridge {
  invoke: (command: string, given?: Record<string, unknown>) => Promise<unknown>;
}

const bridge = (window as { __TAURI_INTERNALS__?: Bridge }).__TAURI_INTERNALS__;

/** Whether this page is shown by the desktop app. */
export const isDesktop = bridge !== undefined;

async function ask<Answer>(command: string, given: Record<string, unknown> = {}): Promise<Answer> {
  if (bridge === undefined) throw new Error(t("desktop.only"));
  return (await bridge.invoke(command, given)) as Answer;
}

export const desktop = {
  settings: () => ask<DesktopSettings>("desktop_settings"),
  /** Null takes the keys away. The answer tells whether they work. */
  setShortcut: (keys: string | null) => ask<DesktopSettings>("set_shortcut", { keys }),
  setStartAtLogin: (on: boolean) => ask<DesktopSettings>("set_start_at_login", { on }),
  setKeepRunning: (on: boolean) => ask<DesktopSettings>("set_keep_running", { on }),
  /** A notification of the system; a click on it shows `path` in the window. */
  notify: (title: string, body: string, path: string) => ask<void>("notify", { title, body, path }),
  /** Show a view in the large window, from the small one. */
  show: (path: string) => ask<void>("show_view", { path }),
  /** Whether processing is paused, for the tray. */
  tellPaused: (paused: boolean) => ask<void>("tell_paused", { paused }),
  /** Sign this window in where it is: it is loaded again. Rejects with the reason, in words. */
  signIn: () => ask<void>("sign_in"),
  closeWindow: () => ask<void>("close_window"),
  quit: () => ask<void>("quit"),
  restart: () => ask<void>("try_again"),
};

/** Hear where the app wants the page to go: from a link, the tray, a notification. Gives the function that ends it. */
export function onGoTo(go: (path: string) => void): () => void {
  return hear("cortex:go", (path) => go(String(path)));
}

/** What became of a file that was dropped on the window, or opened with the app. */
export interface Added {
  /** The file's path. */
  target: string;
  status: string;
  id?: string;
  title?: string;
  /** Why it was refused. */
  message?: string | null;
}

/** Hear what became of files that the app added. Gives the function that ends it. */
export function onAdded(tell: (items: Added[]) => void): () => void {
  return hear("cortex:added", (answer) => tell((answer as { items: Added[] }).items));
}

/** Hear how far the app is with adding many files. Gives the function that ends it. */
export function onAdding(tell: (progress: { done: number; total: number }) => void): () => void {
  return hear("cortex:adding", (progress) => tell(progress as { done: number; total: number }));
}

function hear(name: string, take: (detail: unknown) => void): () => void {
  const listen = (event: Event) => {
    // Where nobody listens, the app does it itself.
    event.preventDefault();
    take((event as CustomEvent).detail);
  };
  addEventListener(name, listen);
  return () => removeEventListener(name, listen);
}
