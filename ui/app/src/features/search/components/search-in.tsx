import { Radio, RadioGroup } from "react-aria-components";
import { useWords } from "@/lib/i18n";

export const PLACES = ["items", "highlights"] as const;
export type SearchedPlace = (typeof PLACES)[number];

/** Whether everything is searched, or what was highlighted. */
export function SearchIn({
  place,
  onPlace,
}: {
  place: SearchedPlace;
  onPlace: (place: SearchedPlace) => void;
}) {
  const words = useWords();
  return (
    <RadioGroup
      aria-label={words("highlights.in")}
      orientation="horizontal"
      value={place}
      onChange={(value) => onPlace(value as SearchedPlace)}
      className="flex rounded-sm border border-line bg-surface p-0.5"
    >
      {PLACES.map((each) => (
        <Radio
          key={each}
          value={each}
          className="rounded-sm px-2 py-1 text-13 text-muted data-[selected]:bg-selected data-[selected]:text-text"
        >
          {words(`highlights.in.${each}`)}
        </Radio>
      ))}
    </RadioGroup>
  );
}
