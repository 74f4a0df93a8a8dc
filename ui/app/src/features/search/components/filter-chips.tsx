import { memo } from "react";
import { Chip } from "@/components/ui/chip";
import { useWords } from "@/lib/i18n";
import { type Filter, typed } from "../query-filters";
import { useFilterWords } from "../use-filter-words";

interface FilterChipsProps {
  filters: Filter[];
  onRemove: (filter: Filter) => void;
}

/** The conditions of a search, each with a way to take it away. */
export const FilterChips = memo(function FilterChips({ filters, onRemove }: FilterChipsProps) {
  const words = useWords();
  const nameOf = useFilterWords();
  if (filters.length === 0) return null;
  return (
    <ul aria-label={words("search.filters")} className="flex flex-wrap gap-1 py-1">
      {filters.map((filter) => (
        <li key={typed(filter)} className="flex max-w-full">
          <Chip
            onRemove={() => onRemove(filter)}
            removeLabel={words("library.filter.remove", { name: nameOf(filter) })}
          >
            <span className="max-w-48 truncate" dir="auto">
              {nameOf(filter)}
            </span>
          </Chip>
        </li>
      ))}
    </ul>
  );
});
