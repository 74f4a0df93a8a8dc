import { Check } from "lucide-react";
import { ToggleButton } from "react-aria-components";
import { COLOURS, type Colour } from "@/lib/colours";
import { useWords } from "@/lib/i18n";

interface HighlightFiltersProps {
  colours: Colour[];
  noted: boolean;
  onChange: (change: { colour?: Colour[] | undefined; noted?: true | undefined }) => void;
}

/** Which colours, and whether only what has a note. */
export function HighlightFilters({ colours, noted, onChange }: HighlightFiltersProps) {
  const words = useWords();
  const toggle = (colour: Colour, on: boolean) => {
    const wanted = COLOURS.filter((each) => (each === colour ? on : colours.includes(each)));
    onChange({ colour: wanted.length > 0 ? wanted : undefined });
  };
  return (
    <fieldset aria-label={words("highlights.only")} className="flex flex-wrap items-center gap-0.5">
      {COLOURS.map((colour) => (
        <ToggleButton
          key={colour}
          aria-label={words("highlights.only.colour", { colour: words(`reader.colour.${colour}`) })}
          isSelected={colours.includes(colour)}
          onChange={(on) => toggle(colour, on)}
          className="flex size-8 items-center justify-center rounded-sm data-[hovered]:bg-selected"
        >
          {({ isSelected }) => (
            <span
              aria-hidden
              className="flex size-5 items-center justify-center rounded-full border border-control text-text"
              style={{ background: `var(--${colour})` }}
            >
              {isSelected ? <Check size={14} /> : null}
            </span>
          )}
        </ToggleButton>
      ))}
      <ToggleButton
        isSelected={noted}
        onChange={(on) => onChange({ noted: on ? true : undefined })}
        className="ms-1 min-h-6 rounded-full border border-control px-2.5 text-13 data-[selected]:border-accent data-[selected]:bg-selected"
      >
        {words("highlights.only.noted")}
      </ToggleButton>
    </fieldset>
  );
}
