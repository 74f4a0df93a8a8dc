/**
 * Signing in: a single-use ticket from `/?ticket=…` becomes a session. One half is a cookie that only opens files;
 * the other half is this secret, which stays in this origin's storage and is sent with every request.
 */
const KEY = "cortex-session";
const ID_KEY = "cortex-session-id";
export const SESSION_HEADER = "X-Cortex-Session";

let listeners: (() => void)[] = [];

export function sessionSecret(): string | null {
  return localStorage.getItem(KEY);
}

export function isSignedIn(): boolean {
  return sessionSecret() !== null;
}

export function subscribeToSession(listener: () => void): () => void {
  listeners = [...listeners, listener];
  return () => {
    listeners = listeners.filter((each) => each !== listener);
  };
}

/** Forget the session with this secret: the server does not know it any more. A newer one stays. */
export function signOut(secret: string | null): void {
  if (secret !== sessionSecret()) return;
  localStorage.removeItem(KEY);
  localStorage.removeItem(ID_KEY);
  for (const listener of listeners) listener();
}

/** Exchange the ticket in the address for a session, and take it out of the address and the history. */
export async function signInWithTicket(): Promise<void> {
  const address = new URL(location.href);
  const ticket = address.searchParams.get("ticket");
  if (ticket === null) return;
  address.searchParams.delete("ticket");
  history.replaceState(history.state, "", address);
  const answer = await fetch("/api/auth/sessions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ticket }),
  });
  if (!answer.ok) return;
  const { id, secret } = (await answer.json()) as { id: string; secret: string };
  const before = localStorage.getItem(ID_KEY);
  localStorage.setItem(KEY, secret);
  localStorage.setItem(ID_KEY, id);
  for (const listener of listeners) listener();
  // Not waited for: the page is drawn meanwhile.
  if (before !== null) void revoke(before, secret);
}

/** End the session that another one takes the place of: else each start of the desktop app would leave one behind. */
async function revoke(id: string, secret: string): Promise<void> {
  const headers = { [SESSION_HEADER]: secret };
  // Where this fails the owner still sees it in the settings, and can end it there.
  await fetch(`/api/auth/sessions/${id}`, { method: "DELETE", headers }).catch(() => undefined);
}
