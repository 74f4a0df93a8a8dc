/** Words that only the settings and the first start need: they come with those views (`lib/later-words.ts`). */
import { models } from "./en/models";
import { settings } from "./en/settings";

export const later = { ...models, ...settings };
