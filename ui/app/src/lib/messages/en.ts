/** Every word of the interface, by view. ICU MessageFormat; a feature's own words stand in its file in `en/`. */
import { capture } from "./en/capture";
import { library } from "./en/library";
import { shell } from "./en/shell";

export const en = { ...shell, ...library, ...capture };
export type MessageId = keyof typeof en;
