import { memo, useState } from "react";
import { useCollections } from "@/lib/collections";
import { count } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import { locale } from "@/lib/locale";
import { useFacets } from "../api/use-search";
import { type Filter, isSame, monthFilters } from "../query-filters";
import type { Mode } from "../search-params";

const SHOWN = 6;
const GROUPS = ["kind", "tag", "site", "collection", "month"] as const;

interface FacetsProps {
  query: string;
  mode: Mode;
  /** Results come first. */
  enabled: boolean;
  filters: Filter[];
  /** Adds conditions, or takes away those that are there. */
  onToggle: (filters: Filter[]) => void;
}

/** What the results can be narrowed by, each with how many there are. */
export const Facets = memo(function Facets({ query, mode, enabled, filters, onToggle }: FacetsProps) {
  const words = useWords();
  const facets = useFacets(query, mode, enabled);
  const collections = useCollections();
  const nameOf = (group: string, value: string): string => {
    if (group === "kind") return words(`library.kind.${value}` as MessageId);
    if (group === "tag") return `#${value}`;
    if (group === "month") return monthName(value);
    if (group !== "collection") return value;
    return collections.data?.items.find((each) => each.id === value)?.name ?? value;
  };
  const filtersOf = (group: string, value: string): Filter[] => {
    if (group === "month") return monthFilters(value);
    if (group === "collection") return [{ field: "in", value: nameOf(group, value), minus: false }];
    return [{ field: group as "kind" | "tag" | "site", value, minus: false }];
  };
  const shown = GROUPS.flatMap((group) => {
    const counted = Object.entries(facets.data?.[group] ?? {});
    return counted.length > 0 ? [{ group, counted }] : [];
  });
  if (facets.data && shown.length === 0)
    return <p className="text-13 text-muted">{words("library.filter.none")}</p>;
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] items-start gap-x-4 gap-y-3">
      {shown.map(({ group, counted }) => (
        <FacetGroup
          key={group}
          label={words(`library.filter.${group}`)}
          values={counted.map(([value, number]) => {
            const chosen = filtersOf(group, value);
            return {
              value,
              name: nameOf(group, value),
              number,
              isChosen: chosen.every((each) => filters.some((filter) => isSame(each, filter))),
              toggle: () => onToggle(chosen),
            };
          })}
        />
      ))}
    </div>
  );
});

interface FacetValue {
  value: string;
  name: string;
  number: number;
  isChosen: boolean;
  toggle: () => void;
}

function FacetGroup({ label, values }: { label: string; values: FacetValue[] }) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? values : values.slice(0, SHOWN);
  return (
    <section>
      <h3 className="mb-1 px-1.5 text-12 text-muted">{label}</h3>
      <ul>
        {shown.map(({ value, name, number, isChosen, toggle }) => (
          <li key={value}>
            <button
              type="button"
              aria-pressed={isChosen}
              data-facet={value}
              onClick={toggle}
              className={`flex min-h-7 w-full items-center justify-between gap-2 rounded-sm px-1.5 text-start text-13 ${isChosen ? "bg-selected" : "hover:bg-selected"}`}
            >
              <span className="truncate" dir="auto">
                {name}
              </span>
              <span className="text-12 text-muted tabular-nums">{count(number)}</span>
            </button>
          </li>
        ))}
      </ul>
      {values.length > SHOWN ? (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="min-h-7 rounded-sm px-1.5 text-12 text-accent hover:bg-selected"
        >
          {words(isOpen ? "search.facets.fewer" : "search.facets.more", { count: values.length - SHOWN })}
        </button>
      ) : null}
    </section>
  );
}

const MONTH = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });

function monthName(month: string): string {
  return MONTH.format(new Date(`${month}-15T00:00:00Z`));
}
