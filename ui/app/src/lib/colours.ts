/** The colours of highlights, in the order of the keys 1 to 5. */
export const COLOURS = ["yellow", "green", "blue", "pink", "violet"] as const;
export type Colour = (typeof COLOURS)[number];
