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
    if (ended || connection.get().status !== "connected" || !isSignedIn()) return;
    if (unsent().length === 0 && (await unsentFiles()).length === 0) return;
    const problem = await navigator.locks.request(
      "cortex-unsent",
      async () => (await sendAll(showAgain)) ?? (await sendFiles()),
    );
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
      tellSaved(saved, Boolean(item.url));
    } catch (error) {
      const problem = asProblem(error);
      if (mayBeTaken(problem)) return problem;
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

/** The same for files. One that is refused for good is not kept: whoever dropped it has it. */
async function sendFiles(): Promise<Problem | null> {
  for (const { key, file, about } of await unsentFiles()) {
    try {
      const uploaded = await postFile(file, about, key);
      await forgetFile(key);
      tellUploaded(file.name, uploaded);
    } catch (error) {
      const problem = asProblem(error);
      if (mayBeTaken(problem)) return problem;
      await forgetFile(key);
      tellRefused(file.name, problem.message);
    }
  }
  return null;
}

/** Without a status the answer broke off: the same key asks for it again. */
function mayBeTaken({ status }: Problem): boolean {
  return status === 0 || NOT_FINAL.includes(status);
}
