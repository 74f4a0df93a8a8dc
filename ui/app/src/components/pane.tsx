import { type HTMLAttributes, type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useWords } from "@/lib/i18n";
import { usePreferences } from "@/lib/preferences";

const LEAST_REM = 12;
const MOST_REM = 48;
const STEP_REM = 1;

interface PaneProps extends HTMLAttributes<HTMLElement> {
  as: "aside" | "nav";
  /** What it is, for screen readers. */
  "aria-label": string;
  /** Its width is kept in this browser under this name, for each view its own. */
  name: string;
  /** How wide it is until somebody says otherwise, in rem. */
  usual: number;
  /** On which of its sides the rest of the view is. */
  edge: "start" | "end";
  /** Of the pane together with its edge. */
  outer?: string;
}

/** What stands beside a view: as wide as one draws its edge, by pointer or, with the focus on the edge, by arrow keys. */
export function Pane({ as: Tag, name, usual, edge, outer = "", className = "", ...rest }: PaneProps) {
  const words = useWords();
  const kept = usePreferences((state) => state.panes[name]);
  const [drawn, draw] = useState<number | null>(null);
  /** The same at once: what is drawn quickly ends before it is shown. */
  const latest = useRef<number | null>(null);
  const whole = useRef<HTMLDivElement>(null);
  const width = drawn ?? kept ?? usual;
  const keep = (rem: number) => {
    const { panes, set } = usePreferences.getState();
    const { [name]: _, ...others } = panes;
    set({ panes: rem === usual ? others : { ...others, [name]: within(rem) } });
  };
  /** Whether the edge is on the left, in the direction of this language. */
  const isOnLeft = (line: HTMLElement) => {
    const box = whole.current?.getBoundingClientRect();
    return box !== undefined && line.getBoundingClientRect().left < (box.left + box.right) / 2;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const grows = isOnLeft(event.currentTarget) ? "ArrowLeft" : "ArrowRight";
    const isArrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const to = isArrow
      ? width + (event.key === grows ? STEP_REM : -STEP_REM)
      : { Home: LEAST_REM, End: MOST_REM, Enter: usual }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    keep(to);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const box = whole.current?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const pixels = isOnLeft(event.currentTarget) ? box.right - event.clientX : event.clientX - box.left;
    latest.current = within(pixels / Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
    draw(latest.current);
  };
  const line = (
    <hr
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={words("pane.width", { pane: rest["aria-label"] })}
      aria-valuenow={Math.round(width)}
      aria-valuemin={LEAST_REM}
      aria-valuemax={MOST_REM}
      onKeyDown={onKeyDown}
      onDoubleClick={() => keep(usual)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onLostPointerCapture={() => {
        if (latest.current !== null) keep(latest.current);
        latest.current = null;
        draw(null);
      }}
      className="z-10 -mx-1 h-auto w-2 shrink-0 cursor-col-resize touch-none self-stretch border-0 hover:bg-selected focus-visible:bg-accent focus-visible:-outline-offset-2 active:bg-accent"
    />
  );
  return (
    <div
      ref={whole}
      className={`flex min-h-0 max-w-[45%] shrink-0 ${outer}`}
      style={{ width: `${width}rem` }}
    >
      {edge === "start" ? line : null}
      <Tag {...rest} className={`min-w-0 flex-1 overflow-auto ${className}`} />
      {edge === "end" ? line : null}
    </div>
  );
}

function within(rem: number): number {
  return Math.min(MOST_REM, Math.max(LEAST_REM, rem));
}
