/** What a first start goes through, in this order. */
export const STEPS = ["save", "models"] as const;
export type Step = (typeof STEPS)[number];
export interface WelcomeSearch {
  step?: "models";
}

export function readWelcomeSearch(given: Record<string, unknown>): WelcomeSearch {
  return given.step === "models" ? { step: "models" } : {};
}
