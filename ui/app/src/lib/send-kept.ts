/** Sending what was kept while Cortex was away: one window at a time, and nothing is forgotten before it is stored. */
import { connection } from "./connection";
import { t } from "./i18n";
import { asProblem, type Problem } from "./problem";
import { type NewItem, postItem, tellRefused, tellSaved } from "./saving";
import { postFile, tellUploaded } from "./saving-files";
import { isSignedIn, subscribeToSession } from "./session";
import { useNotices } from "./undo";
import { forget, unsent } from "./unsent";
import { forgetFile, unsentFiles } from "./unsent-files";

const PAUSE_S = 30;

/** Shows a refused thing again where it can be corrected; false when there is no room for it. */
type ShowAgain = (item: NewItem) => boolean;

/** Send what was kept: now, whenever Cortex is back, and after a pause when it could not take it. Gives the end of it. */
export function sendKept(showAgain: ShowAgain): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const flush = async () => {
    clearTimeout(timer);
    if (ended || connection.get().status !== "connected" || !isSignedIn()) return;
    if (unsent().length === 0 && (await unsentFiles()).length === 0) return;
    const problem = await navigator.locks.request("cortex-unsent", async () => {
      const problem = await sendAll(showAgain);
      return problem === null || problem.status === 500 ? ((await sendFiles()) ?? problem) : problem;
    });
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

/** One after the other; gives what stopped it or kept one back, null when it came to the end. */
async function sendAll(showAgain: ShowAgain): Promise<Problem | null> {
  let waits: Problem | null = null;
  for (const { key, item } of unsent()) {
    try {
      const saved = await postItem(item, key);
      forget(key);
      tellSaved(saved, Boolean(item.url));
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.isFinal) {
        // What Cortex fails at may be this one alone: it keeps back no other.
        if (problem.status !== 500) return problem;
        waits = problem;
        continue;
      }
      const isShown = showAgain(item);
      if (isShown) forget(key);
      useNotices
        .getState()
        .tell(t(isShown ? "capture.keptRefused" : "capture.keptWaits", { reason: problem.message }), {
          tone: "danger",
        });
    }
  }
  return waits;
}

/** The same for files. One that is refused for good is not kept: whoever dropped it has it. */
async function sendFiles(): Promise<Problem | null> {
  let waits: Problem | null = null;
  for (const { key, file, about } of await unsentFiles()) {
    try {
      const uploaded = await postFile(file, about, key);
      await forgetFile(key);
      tellUploaded(file.name, uploaded);
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.isFinal) {
        if (problem.status !== 500) return problem;
        waits = problem;
        continue;
      }
      await forgetFile(key);
      tellRefused(file.name, problem.message);
    }
  }
  return waits;
}
