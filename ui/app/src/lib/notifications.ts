/** Notifications of the system, from the event stream: only while the window is not in front, and never a flood. */
import { desktop } from "./desktop";
import { onServerEvent, type ServerEvent } from "./events";
import { t } from "./i18n";

/** Failures come in rows, when a disk is full or a site is down: they are told together once none came for so long. */
const QUIET_MS = 5_000;
/** A row that does not end is told after this time. */
const LONGEST_MS = 60_000;

export interface Notification {
  title: string;
  body: string;
  /** The view that a click opens. */
  path: string;
}

/** Watch events and tell those that matter; gives the function that ends it. */
export function watchForNotifications(
  listen: (hear: (event: ServerEvent) => void) => () => void,
  tell: (notification: Notification) => void,
): () => void {
  const failed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = 0;
  const tellFailures = () => {
    const [only] = failed;
    const count = failed.size;
    failed.clear();
    timer = undefined;
    tell({
      title: t("desktop.failed", { count }),
      body: t("desktop.failed.text"),
      path: count === 1 && only !== undefined ? `/item/${only}` : "/activity",
    });
  };
  const stop = listen(({ type, data }) => {
    if (type === "digest.created") {
      const path = data.digest_id ? `/digest/${String(data.digest_id)}` : "/digest";
      tell({ title: t("desktop.digest"), body: t("desktop.digest.text"), path });
    } else if (type === "task.reminder") {
      tell({ title: t("desktop.reminder"), body: String(data.title), path: "/tasks" });
    } else if (type === "item.updated" && data.status === "failed") {
      if (failed.size === 0) first = Date.now();
      failed.add(String(data.item_id));
      clearTimeout(timer);
      timer = setTimeout(tellFailures, Math.max(0, Math.min(QUIET_MS, first + LONGEST_MS - Date.now())));
    }
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

/** Have the desktop app tell them, while nobody looks at the window. */
export function followForNotifications(): () => void {
  return watchForNotifications(onServerEvent, ({ title, body, path }) => {
    if (!document.hasFocus()) void desktop.notify(title, body, path);
  });
}
