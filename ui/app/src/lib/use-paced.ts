import { useEffect, useRef, useState } from "react";

const GAP_MS = 15_000;

/** A text that changes often, at most every fifteen seconds: what screen readers are told of it. */
export function usePaced(text: string): string {
  const [said, say] = useState(text);
  const saidAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (text === said) return;
    const speak = () => {
      saidAt.current = performance.now();
      say(text);
    };
    const timer = setTimeout(speak, Math.max(0, saidAt.current + GAP_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [text, said]);
  return said;
}
