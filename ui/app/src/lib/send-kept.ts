/** Sending what was kept while Cortex was away: one window at a time, and nothing is forgotten before it is stored. */
import { connection } from "./connection";
import { whenThere } from "./load-later";
import type { NewItem } from "./saving";
import { isSignedIn, subscribeToSession } from "./session";
import { unsent } from "./unsent";
import { unsentFiles } from "./unsent-files";

const PAUSE_S = 30;

/** Shows a refused thing again where it can be corrected; false when there is no room for it. */
export type ShowAgain = (item: NewItem) => boolean;

/** Send what was kept: now, whenever Cortex is back, and after a pause when it could not take it. Gives the end of it. */
export function sendKept(showAgain: ShowAgain): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const flush = async () => {
    clearTimeout(timer);
    if (ended || connection.get().status !== "connected" || !isSignedIn()) return;
    if (unsent().length === 0 && (await unsentFiles()).length === 0) return;
    const { sendAll } = await whenThere(() => import("./send-all-kept"));
    const problem = await navigator.locks.request("cortex-unsent", () => sendAll(showAgain));
    // Once Cortex is back, or one is signed in, is told of by itself.
    if (ended || problem === null || problem.isAway || problem.status === 401) return;
    clearTimeout(timer);
    timer = setTimeout(start, (problem.retryAfter ?? PAUSE_S) * 1_000);
  };
  const start = () => void flush();
  start();
  const subscriptions = [connection.subscribe(start), subscribeToSession(start)];
  return () => {
    ended = true;
    clearTimeout(timer);
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}
