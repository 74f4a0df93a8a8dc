export const MODES = ["auto", "hybrid", "keyword", "semantic"] as const;
export type Mode = (typeof MODES)[number];

/** The address of a search: what was typed, and how it is searched. */
export interface SearchParams {
  q?: string;
  mode?: Mode;
}

export function readSearchParams(given: Record<string, unknown>): SearchParams {
  const mode = MODES.find((each) => each === given.mode && each !== "auto");
  const q = typeof given.q === "string" || typeof given.q === "number" ? String(given.q) : undefined;
  return { ...(q ? { q } : {}), ...(mode ? { mode } : {}) };
}
