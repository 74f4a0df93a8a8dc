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
async function sendItems(showAgain: ShowAgain): Promise<Problem | null> {
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

/** The same for files. Of one that is refused for good is kept which it was and why, until that was seen. */
async function sendFiles(): Promise<Problem | null> {
  const stopped = await sendEachFile();
  await tellRefusedFiles();
  return stopped;
}

async function sendEachFile(): Promise<Problem | null> {
  let waits: Problem | null = null;
  for (const entry of await unsentFiles()) {
    const { key, file, about } = entry;
    if (entry.refused !== undefined) continue;
    try {
      const { items, failed } = await postFile(file, about, key);
      for (const saved of items) tellSaved(saved);
      const [failure] = failed;
      if (failure === undefined) await forgetFile(key);
      else await keepRefusal(entry, failure.message);
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.isFinal) {
        if (problem.status !== 500) return problem;
        waits = problem;
        continue;
      }
      await keepRefusal(entry, problem.message);
    }
  }
  return waits;
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
