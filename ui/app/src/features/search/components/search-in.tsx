import { Segments } from "@/components/ui/segments";
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
    <Segments
      label={words("highlights.in")}
      value={place}
      options={PLACES.map((value) => ({ value, label: words(`highlights.in.${value}`) }))}
      onChange={onPlace}
    />
  );
}
