import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useWords } from "@/lib/i18n";
import type { MonthStart } from "../api/use-items";
import { monthName } from "./library-header";

const LABEL_PX = 22;
const YEAR = 12;

interface MonthScrubberProps {
  months: MonthStart[];
  total: number;
  /** The place in the list that is in view. */
  index: number;
  onJump: (index: number) => void;
  /** Go to the row, with the keyboard. */
  onEnter: (index: number) => void;
}

/** The whole list by time, beside it: years where they stand, any month by pointing, dragging or arrow keys. */
export function MonthScrubber({ months, total, index, onJump, onEnter }: MonthScrubberProps) {
  const words = useWords();
  const bar = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const current = Math.max(
    0,
    months.findLastIndex((month) => month.start <= index),
  );
  const shown = pointed ?? current;
  const go = (wanted: number) => {
    const month = months[Math.min(Math.max(wanted, 0), months.length - 1)];
    if (month) onJump(month.start);
  };
  const under = (event: PointerEvent) => {
    const box = bar.current?.getBoundingClientRect();
    if (!box) return 0;
    const place = ((event.clientY - box.top) / box.height) * total;
    return Math.max(
      0,
      months.findLastIndex((month) => month.start <= place),
    );
  };
  const press = (event: KeyboardEvent) => {
    const wanted = keyTarget(event.key, current, months.length);
    if (event.key === "Enter") onEnter(months[current]?.start ?? 0);
    else if (wanted === undefined) return;
    else go(wanted);
    event.preventDefault();
    event.stopPropagation();
  };
  const month = months[shown];
  return (
    <div
      ref={bar}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={words("library.months")}
      aria-valuemin={0}
      aria-valuemax={months.length - 1}
      aria-valuenow={current}
      aria-valuetext={months[current] ? monthName(months[current].month) : ""}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(under(event));
      }}
      onPointerMove={(event) => {
        const wanted = under(event);
        setPointed(wanted);
        if (event.buttons === 1) go(wanted);
      }}
      onPointerLeave={() => setPointed(null)}
      className="relative w-12 shrink-0 cursor-ns-resize touch-none border-s border-line text-12 text-muted select-none max-medium:hidden"
    >
      {yearLabels(months, total).map(({ year, share }) => (
        <span
          key={year}
          aria-hidden
          className="absolute inset-x-0 text-center tabular-nums"
          style={{ top: `min(${share * 100}%, calc(100% - ${LABEL_PX}px))` }}
        >
          {year}
        </span>
      ))}
      <span
        aria-hidden
        className="absolute inset-x-0 h-0.5 bg-accent"
        style={{ top: `min(${(index / total) * 100}%, calc(100% - 2px))` }}
      />
      {pointed !== null && month ? (
        <span
          aria-hidden
          className="pointer-events-none absolute end-full me-2 rounded-sm bg-text px-2 py-1 whitespace-nowrap text-bg"
          style={{ top: `min(${(month.start / total) * 100}%, calc(100% - ${LABEL_PX}px))` }}
        >
          {monthName(month.month)}
        </span>
      ) : null}
    </div>
  );
}

function keyTarget(key: string, current: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
    case "ArrowRight":
      return current + 1;
    case "ArrowUp":
    case "ArrowLeft":
      return current - 1;
    case "PageDown":
      return current + YEAR;
    case "PageUp":
      return current - YEAR;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

const CLOSEST = 0.045;

/** The years that can be written without covering each other, and how far down each begins. */
export function yearLabels(months: MonthStart[], total: number): { year: string; share: number }[] {
  const labels: { year: string; share: number }[] = [];
  for (const { month, start } of months) {
    const year = month.slice(0, 4);
    const share = start / total;
    const last = labels.at(-1);
    if (last === undefined || (last.year !== year && share - last.share >= CLOSEST))
      labels.push({ year, share });
  }
  return labels;
}
