/** What sends what was kept. Loaded when something was, and Cortex is there to take it. */
import { t } from "./i18n";
import { asProblem, type Problem } from "./problem";
import { postItem, tellSaved } from "./saving";
import { postFile } from "./saving-files";
import type { ShowAgain } from "./send-kept";
import { useNotices } from "./undo";
import { forget, unsent } from "./unsent";
import { forgetFile, keepRefusal, unsentFiles } from "./unsent-files";

/** Send all that is kept; gives what stopped it or kept one back, null when it came to the end. */
export async function sendAll(showAgain: ShowAgain): Promise<Problem | null> {
  const problem = await sendItems(showAgain);
  return problem === null || problem.status === 500 ? ((await sendFiles()) ?? problem) : problem;
}

/** One after the other; gives what stopped it or kept one back, null when it came to the end. */
async function sendEach<Entry>(
  entries: readonly Entry[],
  send: (entry: Entry) => Promise<void>,
  /** It is refused for good. */
  onRefused: (entry: Entry, problem: Problem) => void | Promise<void>,
): Promise<Problem | null> {
  let waits: Problem | null = null;
  for (const entry of entries) {
    try {
      await send(entry);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.isFinal) await onRefused(entry, problem);
      // What Cortex fails at may be this one alone: it keeps back no other.
      else if (problem.status === 500) waits = problem;
      else return problem;
    }
  }
  return waits;
}

function sendItems(showAgain: ShowAgain): Promise<Problem | null> {
  return sendEach(
    unsent(),
    async ({ key, item }) => {
      const saved = await postItem(item, key);
      forget(key);
      tellSaved(saved, Boolean(item.url));
    },
    ({ key, item }, { message: reason }) => {
      const isShown = showAgain(item);
      if (isShown) forget(key);
      const text = t(isShown ? "capture.keptRefused" : "capture.keptWaits", { reason });
      useNotices.getState().tell(text, { tone: "danger" });
    },
  );
}

/** The same for files. Of one that is refused for good is kept which it was and why, until that was seen. */
async function sendFiles(): Promise<Problem | null> {
  const stopped = await sendEach(
    (await unsentFiles()).filter((entry) => entry.refused === undefined),
    async (entry) => {
      const { key, file, about } = entry;
      const { items, failed } = await postFile(file, about, key);
      for (const saved of items) tellSaved(saved);
      const [failure] = failed;
      if (failure === undefined) await forgetFile(key);
      else await keepRefusal(entry, failure.message);
    },
    (entry, problem) => keepRefusal(entry, problem.message),
  );
  await tellRefusedFiles();
  return stopped;
}

const REFUSED = "refused-files";

/** Name the files that were refused, until somebody has seen it. */
async function tellRefusedFiles(): Promise<void> {
  const refused = (await unsentFiles()).filter((entry) => entry.refused !== undefined);
  const text = [
    t("capture.filesRefused"),
    ...refused.map(({ file, refused: reason = "" }) => t("capture.refusedFile", { name: file.name, reason })),
  ].join("\n");
  const { notices, tell } = useNotices.getState();
  const isTold = notices.some((notice) => notice.topic === REFUSED && notice.text === text);
  if (refused.length === 0 || isTold) return;
  const onDismiss = () => {
    for (const { key } of refused) void forgetFile(key);
  };
  tell(text, { tone: "danger", topic: REFUSED, onDismiss });
}
