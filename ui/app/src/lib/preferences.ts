/** How this browser shows Cortex. Kept in this browser alone. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "system" | "light" | "dark" | "contrast";
export type Density = "comfortable" | "compact";

interface Preferences {
  theme: Theme;
  density: Density;
  textScale: number;
  reducedMotion: boolean;
  singleKeys: boolean;
  navHidden: boolean;
  /** How wide panes were drawn, in rem, by their names. */
  panes: Record<string, number>;
  /** The owner's own keys of commands, by their ids. */
  keys: Record<string, string[]>;
  /** The first start was gone through, or skipped. */
  welcomed: boolean;
  set: (changes: Partial<Omit<Preferences, "set">>) => void;
}

export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "system",
      density: "comfortable",
      textScale: 1,
      reducedMotion: false,
      singleKeys: true,
      navHidden: false,
      panes: {},
      keys: {},
      welcomed: false,
      set: (changes) => set(changes),
    }),
    { name: "cortex-preferences", version: 1 },
  ),
);

const dark = matchMedia("(prefers-color-scheme: dark)");
const contrast = matchMedia("(prefers-contrast: more)");

/** The theme's name in tokens.css. */
export function resolvedTheme(theme: Theme): string {
  const isDark = theme === "dark" || (theme !== "light" && dark.matches);
  if (theme === "contrast" || (theme === "system" && contrast.matches))
    return isDark ? "contrast-dark" : "contrast-light";
  return isDark ? "dark" : "light";
}

/** Keep the document as the preferences say, from now on. */
export function applyPreferences(): void {
  const apply = () => {
    const { theme, density, textScale, reducedMotion } = usePreferences.getState();
    const root = document.documentElement;
    root.dataset.theme = resolvedTheme(theme);
    root.dataset.density = density;
    root.dataset.motion = reducedMotion ? "reduced" : "full";
    root.style.setProperty("--text-scale", String(textScale));
  };
  apply();
  usePreferences.subscribe(apply);
  dark.addEventListener("change", apply);
  contrast.addEventListener("change", apply);
}
