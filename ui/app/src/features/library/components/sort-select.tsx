import { Select } from "@/components/ui/select";
import { useWords } from "@/lib/i18n";
import { type LibrarySearch, SORTS } from "../filters";

interface SortSelectProps {
  sort: LibrarySearch["sort"];
  onSort: (sort: LibrarySearch["sort"]) => void;
}

/** In which order the list is. */
export function SortSelect({ sort, onSort }: SortSelectProps) {
  const words = useWords();
  return (
    <Select
      label={words("library.sort")}
      labelHidden
      value={sort ?? "-created_at"}
      options={SORTS.map((each) => ({ value: each, label: words(`library.sort.${each}`) }))}
      onChange={(chosen) => onSort(chosen === "-created_at" ? undefined : chosen)}
    />
  );
}
