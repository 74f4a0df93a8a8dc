import { Filter } from "lucide-react";
import { useState } from "react";
import { Dialog as AriaDialog, DialogTrigger, Popover, ToggleButton } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import { count } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import { useFacets } from "../api/use-items";
import type { LibrarySearch } from "../filters";
import { monthName } from "./library-header";

const SHOWN = 12;

interface FilterMenuProps {
  search: LibrarySearch;
  trashed: boolean;
  onSearch: (change: { [Name in keyof LibrarySearch]?: LibrarySearch[Name] | undefined }) => void;
}

/** What the library can be narrowed by, with counts within what is shown. */
export function FilterMenu({ search, trashed, onSearch }: FilterMenuProps) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const facets = useFacets(search, trashed, isOpen);
  const groups = [
    {
      name: "kind",
      label: "library.filter.kind",
      facets: facets.data?.kind,
      text: (value: string) => words(`library.kind.${value}` as MessageId),
    },
    {
      name: "tag",
      label: "library.filter.tag",
      facets: facets.data?.tag,
      text: (value: string) => `#${value}`,
    },
    { name: "site", label: "library.filter.site", facets: facets.data?.site, text: (value: string) => value },
    {
      name: "in",
      label: "library.filter.collection",
      facets: facets.data?.collection,
      text: (value: string, label?: string | null) => label ?? value,
    },
    { name: "month", label: "library.filter.month", facets: facets.data?.month, text: monthName },
  ] as const;
  const choose = (name: string, value: string) => {
    onSearch(
      name === "tag"
        ? { tag: [...(search.tag ?? []).filter((each) => each !== value), value] }
        : { [name]: value },
    );
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button kind="quiet" icon={Filter} className="text-muted">
        {words("library.filter")}
      </Button>
      <Popover
        className="w-[min(44rem,95vw)] rounded-md bg-surface p-4 shadow-popover"
        placement="bottom start"
      >
        <AriaDialog aria-label={words("library.filter")} className="outline-none">
          <div className="mb-3 flex gap-2">
            {(["favourite", "archived"] as const).map((name) => (
              <ToggleButton
                key={name}
                isSelected={search[name] ?? false}
                onChange={(on) => onSearch({ [name]: on ? true : undefined })}
                className="min-h-6 rounded-full border border-control px-2.5 text-13 data-[selected]:border-accent data-[selected]:bg-selected"
              >
                {words(`library.filter.${name}`)}
              </ToggleButton>
            ))}
          </div>
          {facets.data ? (
            <div className="grid max-h-[50vh] grid-cols-[repeat(auto-fill,minmax(12rem,1fr))] gap-4 overflow-auto">
              {groups
                .filter((group) => group.facets?.length)
                .map((group) => (
                  <section key={group.name}>
                    <h3 className="mb-1 text-13 text-muted">{words(group.label)}</h3>
                    <ul>
                      {group.facets?.slice(0, SHOWN).map((facet) => (
                        <li key={facet.value}>
                          <Button
                            kind="quiet"
                            className="min-h-7 w-full justify-between px-1.5 font-normal"
                            onPress={() => choose(group.name, facet.value)}
                          >
                            <span className="truncate">{group.text(facet.value, facet.label)}</span>
                            <span className="text-12 text-muted tabular-nums">{count(facet.count)}</span>
                          </Button>
                        </li>
                      ))}
                    </ul>
                  </section>
                ))}
            </div>
          ) : (
            <Skeleton lines={6} />
          )}
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}
