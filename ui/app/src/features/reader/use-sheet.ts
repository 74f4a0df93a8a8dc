import { useCallback, useEffect, useRef, useState } from "react";

type Sheet = "about" | "outline";

/** What stands beside the text where there is room, as a sheet where there is none. */
export function useSheet() {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const then = useRef<(() => void) | null>(null);
  /** Close it, and go on once it has given the focus back. */
  const leave = useCallback(
    (next: () => void) => {
      if (sheet === null) return next();
      then.current = next;
      setSheet(null);
    },
    [sheet],
  );
  useEffect(() => {
    const next = then.current;
    if (sheet !== null || next === null) return;
    then.current = null;
    requestAnimationFrame(() => requestAnimationFrame(next));
  });
  const close = useCallback(() => setSheet(null), []);
  const toggle = useCallback((wanted: Sheet) => setSheet((open) => (open === wanted ? null : wanted)), []);
  return { sheet, toggle, close, leave };
}
