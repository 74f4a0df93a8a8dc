import { expect, test } from "vitest";
import { fileSize, fromNow, shortDate } from "@/lib/format";

const NOW = new Date("2026-11-21T12:00:00Z");
const DAY_MS = 86_400_000;

test.each([
  [-3, "3 days ago"],
  [-6.9, "7 days ago"],
  [-7, "last week"],
  [-20, "3 weeks ago"],
  [-40, "last month"],
  [-200, "7 months ago"],
  [-400, "last year"],
  [-1_000, "3 years ago"],
  [15, "in 2 weeks"],
])("%d days from now are told in the unit that fits: %s", (days, said) => {
  expect(fromNow(new Date(NOW.getTime() + days * DAY_MS).toISOString(), NOW)).toBe(said);
});

test("a date without a time is that date, its year left out in the same year", () => {
  expect(shortDate("2026-11-25", NOW)).toBe("Nov 25");
  expect(shortDate("2025-01-01", NOW)).toBe("Jan 1, 2025");
});

test.each([
  [268_435_456, "256 MB"],
  [1_073_741_824, "1 GB"],
  [1_048_576, "1 MB"],
  [1_500_000, "1.5 MB"],
  [4_683_075_271, "4.7 GB"],
  [999, "999 byte"],
])("%d bytes are %s", (bytes, said) => {
  expect(fileSize(bytes)).toBe(said);
});
