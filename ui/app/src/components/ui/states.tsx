import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { useWords } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";
import { Button } from "./button";

/** Nothing for 100 ms, then the children (a skeleton of the final geometry), words after five seconds. */
export function Loading({ children }: { children?: ReactNode }) {
  const words = useWords();
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [setTimeout(() => setStage(1), 100), setTimeout(() => setStage(2), 5_000)];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div role="status" aria-busy="true" className="p-4">
      <span className={stage === 2 ? "text-muted" : "sr-only"}>
        {stage > 0 ? words("state.loading") : ""}
      </span>
      {stage > 0 ? children : null}
    </div>
  );
}

/** Grey bars where lines of text will be. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div aria-hidden className="flex animate-pulse flex-col gap-2">
      {Array.from({ length: lines }, (_, index) => `line-${index}`).map((key, index) => (
        <div key={key} className="h-3 rounded-sm bg-line" style={{ width: `${90 - ((index * 23) % 40)}%` }} />
      ))}
    </div>
  );
}

/** What happened, in words; what was kept and what to do stand in the server's sentence. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords();
  const problem = asProblem(error);
  return (
    <div
      role="alert"
      className="m-4 flex max-w-prose flex-col items-start gap-2 rounded-md border border-line bg-surface p-4"
    >
      <h2 className="text-16">{words("state.error.title")}</h2>
      <p>{problem.message}</p>
      {problem.requestId ? (
        <p className="text-12 text-muted">{words("state.error.request", { id: problem.requestId })}</p>
      ) : null}
      {onRetry ? <Button onPress={onRetry}>{words("state.retry")}</Button> : null}
    </div>
  );
}

/** One sentence, one button. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-16 text-center">
      <h2 className="text-16">{title}</h2>
      {children ? <div className="text-muted">{children}</div> : null}
      {action}
    </div>
  );
}
