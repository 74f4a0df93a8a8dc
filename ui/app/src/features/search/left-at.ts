/** The result that was opened last, so that coming back to its query leads to it again. */
let left: { query: string; itemId: string } | null = null;

export function leaveAt(query: string, itemId: string): void {
  left = { query, itemId };
}

/** The item that was opened from this query; told once. */
export function returnTo(query: string): string | null {
  const itemId = left?.query === query ? left.itemId : null;
  left = null;
  return itemId;
}
