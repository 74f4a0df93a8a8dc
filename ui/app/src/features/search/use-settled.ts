import { useCallback, useEffect, useRef, useState } from "react";

/** After such a pause a key is one of its own: at this pace each would be asked for anyway, only later. */
const DEBOUNCE_MS = 60;
/** One or two letters are a beginning. */
const LEAST = 3;

/**
 * What is asked, once it stood still for a moment; at once where it was chosen, or changed by a key after a pause. Asks
 * as few times as waiting after each key would, but for one at the beginning of a quick word.
 */
export function useSettled<Asked extends { words: string }>(
  initial: Asked,
  /** Hears of it before it is drawn. */
  ahead: (settled: Asked) => void,
) {
  const [settled, setSettled] = useState(initial);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const changed = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => () => clearTimeout(timer.current), []);
  const hear = useRef(ahead);
  hear.current = ahead;
  const settle = useCallback((next: Asked, isChosen: boolean) => {
    clearTimeout(timer.current);
    const wasIdle = performance.now() - changed.current > DEBOUNCE_MS;
    changed.current = performance.now();
    const take = () => {
      hear.current(next);
      setSettled(next);
    };
    if (isChosen || (wasIdle && next.words.trim().length >= LEAST)) take();
    else timer.current = setTimeout(take, DEBOUNCE_MS);
  }, []);
  return { settled, settle };
}
