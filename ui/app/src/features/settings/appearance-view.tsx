import { Select } from "@/components/ui/select";
import { useWords } from "@/lib/i18n";
import { type Density, type Theme, usePreferences } from "@/lib/preferences";
import { LARGEST, LINE_HEIGHTS, SMALLEST, useReadingStyle, WIDTHS } from "@/lib/reading-style";
import { Choices, Section, Toggle } from "./controls";
import { SettingsFrame } from "./settings-frame";

const THEMES: Theme[] = ["system", "light", "dark", "contrast"];
const DENSITIES: Density[] = ["comfortable", "compact"];
const SCALES = [0.875, 1, 1.125, 1.25, 1.5, 2];
const FAMILIES = ["serif", "sans"] as const;

/** How this browser shows Cortex; everything shows at once. */
export function AppearanceView() {
  const words = useWords();
  const { theme, density, textScale, reducedMotion, set } = usePreferences();
  return (
    <SettingsFrame part="appearance">
      <Section title={words("appearance.all")} text={words("appearance.text")}>
        <Choices
          label={words("appearance.theme")}
          value={theme}
          onChange={(next) => set({ theme: next })}
          options={THEMES.map((each) => ({ value: each, label: words(`appearance.theme.${each}`) }))}
        />
        <Choices
          label={words("appearance.density")}
          value={density}
          onChange={(next) => set({ density: next })}
          options={DENSITIES.map((each) => ({ value: each, label: words(`appearance.density.${each}`) }))}
        />
        <div className="w-48">
          <Select
            label={words("appearance.textSize")}
            value={String(textScale)}
            onChange={(next) => set({ textScale: Number(next) })}
            options={SCALES.map((each) => ({
              value: String(each),
              label: words("appearance.percent", { percent: each * 100 }),
            }))}
          />
        </div>
        <Toggle
          label={words("appearance.motion")}
          hint={words("appearance.motion.hint")}
          isOn={reducedMotion}
          onChange={(next) => set({ reducedMotion: next })}
        />
      </Section>
      <Reading />
    </SettingsFrame>
  );
}

function Reading() {
  const words = useWords();
  const { family, size, width, lineHeight, set } = useReadingStyle();
  const sizes = Array.from({ length: LARGEST - SMALLEST + 1 }, (_, step) => SMALLEST + step);
  return (
    <Section title={words("appearance.reading")} text={words("appearance.reading.text")}>
      <Choices
        label={words("appearance.family")}
        value={family}
        onChange={(next) => set({ family: next })}
        options={FAMILIES.map((each) => ({ value: each, label: words(`appearance.family.${each}`) }))}
      />
      <div className="flex flex-wrap gap-3">
        <Numbers
          label={words("appearance.size")}
          value={size}
          values={sizes}
          onChange={(next) => set({ size: next })}
          say={(each) => words("appearance.pixels", { size: each })}
        />
        <Numbers
          label={words("appearance.width")}
          value={width}
          values={WIDTHS}
          onChange={(next) => set({ width: next })}
          say={(each) => words("appearance.characters", { width: each })}
        />
        <Numbers
          label={words("appearance.lineHeight")}
          value={lineHeight}
          values={LINE_HEIGHTS}
          onChange={(next) => set({ lineHeight: next })}
          say={(each) => words("appearance.times", { height: each })}
        />
      </div>
      <div className="rounded-md border border-line bg-surface p-4">
        <p
          className={family === "serif" ? "font-serif" : "font-sans"}
          style={{ fontSize: `${size / 16}rem`, lineHeight, maxWidth: `${width}ch` }}
        >
          {words("appearance.sample")}
        </p>
      </div>
    </Section>
  );
}

interface NumbersProps {
  label: string;
  value: number;
  values: number[];
  onChange: (value: number) => void;
  say: (value: number) => string;
}

function Numbers({ label, value, values, onChange, say }: NumbersProps) {
  return (
    <Select
      label={label}
      value={String(value)}
      onChange={(next) => onChange(Number(next))}
      options={values.map((each) => ({ value: String(each), label: say(each) }))}
    />
  );
}
