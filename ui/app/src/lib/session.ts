/**
 * Signing in: a single-use ticket from `/?ticket=…` becomes a session. One half is a cookie that only opens files;
 * the other half is this secret, which stays in this origin's storage and is sent with every request.
 */
const KEY = "cortex-session";
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

/** Forget the session: the server does not know it any more. */
export function signOut(): void {
  localStorage.removeItem(KEY);
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
  const { secret } = (await answer.json()) as { secret: string };
  localStorage.setItem(KEY, secret);
  for (const listener of listeners) listener();
}
