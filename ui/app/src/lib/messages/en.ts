/** Every word of the interface, by view. ICU MessageFormat; a feature's own words stand in its file beside this one. */
import { shell } from "./en/shell";

export const en = { ...shell };
export type MessageId = keyof typeof en;
