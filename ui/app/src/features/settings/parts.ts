import { isDesktop } from "@/lib/desktop";

const ALL = ["models", "privacy", "capture", "appearance", "shortcuts", "data", "desktop", "about"] as const;
export type Part = (typeof ALL)[number];

/** The pages of the settings, in their order; what is about the desktop app only within it. */
export const PARTS: readonly Part[] = ALL.filter((part) => isDesktop || part !== "desktop");
