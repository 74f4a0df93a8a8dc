import { t } from "./i18n";

/** A length of time in the words that people use for it: "about 3 minutes". */
export function aboutSeconds(seconds: number): string {
  if (seconds < 60) return t("duration.seconds", { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 5_400) return t("duration.minutes", { count: Math.round(seconds / 60) });
  return t("duration.hours", { count: Math.round(seconds / 360) / 10 });
}
