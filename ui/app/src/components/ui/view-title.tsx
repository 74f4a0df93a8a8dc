import type { ReactNode } from "react";

/** The heading of a view, the same in all of them; the focus comes to it. */
export function ViewTitle({ children, className = "" }: { children: ReactNode; className?: string }) {
  return (
    <h1 className={`text-20 leading-8 ${className}`} dir="auto" tabIndex={-1}>
      {children}
    </h1>
  );
}
