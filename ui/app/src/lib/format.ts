/** Dates and numbers as the reader's own locale writes them. */
import { locale } from "./locale";

const DAY = { day: "numeric", month: "short" } as const;
const DAY_AND_YEAR = { ...DAY, year: "numeric" } as const;
const day = new Intl.DateTimeFormat(locale, DAY);
const dayAndYear = new Intl.DateTimeFormat(locale, DAY_AND_YEAR);
/** `2026-11-25` is that day wherever one is: it is read as midnight in UTC, which in the west is the day before. */
const wholeDay = new Intl.DateTimeFormat(locale, { ...DAY, timeZone: "UTC" });
const wholeDayAndYear = new Intl.DateTimeFormat(locale, { ...DAY_AND_YEAR, timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const number = new Intl.NumberFormat(locale);
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** A day, with its year unless it is this one; of a moment the reader's own day, of a date alone that date. */
export function shortDate(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso))
    return (date.getUTCFullYear() === now.getFullYear() ? wholeDay : wholeDayAndYear).format(date);
  return (date.getFullYear() === now.getFullYear() ? day : dayAndYear).format(date);
}

/** The hour and minute of a moment. */
export function timeOfDay(when: number): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(when);
}

export function dateAndTime(iso: string): string {
  return moment.format(new Date(iso));
}

/** "3 minutes ago", "in 2 days", "last year". */
export function fromNow(iso: string, now = new Date()): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return relative.format(0, "minute");
}

export function count(value: number): string {
  return number.format(value);
}

/** A size in bytes with the unit that fits. A limit is of units of 1,024 where it divides by them: 256 MB, not 268.4. */
export function fileSize(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const step = bytes % 1_048_576 === 0 ? 1_024 : 1_000;
  const power =
    bytes > 0 ? Math.min(Math.floor(Math.log(bytes) / Math.log(step) + 1e-9), units.length - 1) : 0;
  const unit = units[power] ?? "byte";
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(
    bytes / step ** power,
  );
}

/** An amount of money that is often tiny. */
export function dollars(amount: number): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    maximumFractionDigits: amount < 0.1 ? 4 : 2,
  }).format(amount);
}
