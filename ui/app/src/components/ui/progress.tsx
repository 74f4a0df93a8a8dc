/** How much of something is done; null while nobody can say. */
export function Progress({ label, value }: { label: string; value: number | null }) {
  return (
    <progress
      aria-label={label}
      max={1}
      {...(value === null ? {} : { value })}
      className="h-1.5 w-full max-w-xs accent-accent"
    />
  );
}
