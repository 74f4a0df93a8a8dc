import { Check } from "lucide-react";
import type { ReactNode } from "react";

/** A box with a tick; where nothing is ticked and nobody points at it, `idle` stands in its place, unless fingers point. */
export function Tick({ isOn, idle }: { isOn: boolean; idle: ReactNode }) {
  return (
    <>
      <span
        className={isOn ? "hidden" : "group-hover:hidden group-focus-within:hidden pointer-coarse:hidden"}
      >
        {idle}
      </span>
      <span
        className={`size-4 items-center justify-center rounded-sm border ${isOn ? "flex border-accent bg-accent text-on-accent" : "hidden border-control group-hover:flex group-focus-within:flex pointer-coarse:flex"}`}
      >
        {isOn ? <Check size={12} aria-hidden /> : null}
      </span>
    </>
  );
}
