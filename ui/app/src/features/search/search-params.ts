import { COLOURS, type Colour } from "@/lib/colours";

export const MODES = ["auto", "hybrid", "keyword", "semantic"] as const;
export type Mode = (typeof MODES)[number];

/** The address of a search: what was typed, and how it is searched; or which highlights are listed. */
export interface SearchParams {
  q?: string;
  mode?: Mode;
  in?: "highlights";
  colour?: Colour[];
  noted?: true;
}

export function readSearchParams(given: Record<string, unknown>): SearchParams {
  const mode = MODES.find((each) => each === given.mode && each !== "auto");
  const q = typeof given.q === "string" || typeof given.q === "number" ? String(given.q) : undefined;
  const asked = Array.isArray(given.colour) ? given.colour : [given.colour];
  const colour = COLOURS.filter((each) => asked.includes(each));
  const ofHighlights: SearchParams = {
    in: "highlights",
    ...(colour.length > 0 ? { colour } : {}),
    ...(given.noted === true ? { noted: true } : {}),
  };
  return {
    ...(q ? { q } : {}),
    ...(mode ? { mode } : {}),
    ...(given.in === "highlights" ? ofHighlights : {}),
  };
}
