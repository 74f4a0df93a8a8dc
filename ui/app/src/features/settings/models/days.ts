/** The last `number` days in UTC as the API writes them, the oldest first. */
export function lastDays(number: number, now: Date): string[] {
  return Array.from({ length: number }, (_, index) =>
    new Date(now.getTime() - (number - 1 - index) * 86_400_000).toISOString().slice(0, 10),
  );
}
