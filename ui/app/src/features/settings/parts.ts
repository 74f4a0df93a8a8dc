/** The pages of the settings, in their order. */
export const PARTS = ["models", "privacy", "capture", "appearance", "shortcuts", "data", "about"] as const;
export type Part = (typeof PARTS)[number];
