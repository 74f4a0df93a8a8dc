import { expect, test } from "vitest";
import { yearLabels } from "@/features/library/components/month-scrubber";

test("a year is written where its newest month begins, unless it would cover the one before", () => {
  const months = [
    { month: "2026-02", start: 0 },
    { month: "2026-01", start: 300 },
    { month: "2025-12", start: 500 },
    { month: "2024-05", start: 510 },
    { month: "2023-01", start: 900 },
  ];
  expect(yearLabels(months, 1_000)).toEqual([
    { year: "2026", share: 0 },
    { year: "2025", share: 0.5 },
    { year: "2023", share: 0.9 },
  ]);
});
