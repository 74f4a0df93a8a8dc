const ROWS = ["a", "b", "c", "d", "e", "f"];

/** Grey bars where results will be. */
export function ResultSkeleton() {
  return (
    <div aria-hidden className="-mx-4 -mt-4 animate-pulse">
      {ROWS.map((row) => (
        <div key={row} className="flex flex-col gap-2 border-b border-line px-4 py-3.5">
          <div className="h-3.5 w-2/5 rounded-sm bg-line" />
          <div className="h-3 w-full rounded-sm bg-line" />
          <div className="h-3 w-4/5 rounded-sm bg-line" />
          <div className="h-3 w-24 rounded-sm bg-line" />
        </div>
      ))}
    </div>
  );
}
