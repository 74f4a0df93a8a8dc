/**
 * The words that the interface begins with, by view; `later.ts` has the others. ICU MessageFormat; a feature's own words
 * stand in its file in `en/`.
 */
import { activity } from "./en/activity";
import { capture } from "./en/capture";
import { chat } from "./en/chat";
import { connections } from "./en/connections";
import { desktop } from "./en/desktop";
import { digest } from "./en/digest";
import { highlights } from "./en/highlights";
import { library } from "./en/library";
import { organise } from "./en/organise";
import { progress } from "./en/progress";
import { reader } from "./en/reader";
import { search } from "./en/search";
import { shell } from "./en/shell";
import { tasks } from "./en/tasks";

export const en = {
  ...shell,
  ...library,
  ...capture,
  ...search,
  ...chat,
  ...activity,
  ...desktop,
  ...digest,
  ...tasks,
  ...organise,
  ...connections,
  ...reader,
  ...highlights,
  ...progress,
};
