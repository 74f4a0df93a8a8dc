/** Sending what was kept while Cortex was away: one window at a time, and nothing is forgotten before it is stored. */
import { connection } from "./connection";
import { t } from "./i18n";
import { asProblem, type Problem } from "./problem";
import { type NewItem, postItem, tellSaved } from "./saving";
import { isSignedIn, subscribeToSession } from "./session";
import { useNotices } from "./undo";
import { forget, unsent } from "./unsent";

/** Answers that say nothing about the thing itself: signed out, too many at once, busy, no room. */
const NOT_FINAL = [401, 408, 429, 502, 503, 504, 507];
const PAUSE_S = 30;

/** Shows a refused thing again where it can be corrected; false when there is no room for it. */
type ShowAgain = (item: NewItem) => boolean;

/** Send what was kept: now, whenever Cortex is back, and after a pause when it could not take it. Gives the end of it. */
export function sendKept(showAgain: ShowAgain): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const flush = async () => {
    clearTimeout(timer);
    if (ended || connection.get().status !== "connected" || !isSignedIn() || unsent().length === 0) return;
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

/** One after the other; gives what stopped it, null when it came to the end. */
async function sendAll(showAgain: ShowAgain): Promise<Problem | null> {
  for (const { key, item } of unsent()) {
    try {
      const saved = await postItem(item, key);
      forget(key);
      tellSaved(saved);
    } catch (error) {
      const problem = asProblem(error);
      // Without a status the answer broke off: the same key asks for it again.
      if (problem.status === 0 || NOT_FINAL.includes(problem.status)) return problem;
      const isShown = showAgain(item);
      if (isShown) forget(key);
      useNotices
        .getState()
        .tell(t(isShown ? "capture.keptRefused" : "capture.keptWaits", { reason: problem.message }), {
          tone: "danger",
        });
    }
  }
  return null;
}
