import { Filter } from "lucide-react";
import { Suspense, useState } from "react";
import { Dialog as AriaDialog, DialogTrigger, Popover } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { loadWhenAsked } from "@/lib/load-later";
import type { LibrarySearch } from "../filters";

const FilterChoices = loadWhenAsked(async () => (await import("./filter-choices")).FilterChoices);

export interface FilterMenuProps {
  search: LibrarySearch;
  trashed: boolean;
  onSearch: (change: { [Name in keyof LibrarySearch]?: LibrarySearch[Name] | undefined }) => void;
}

/** What the library can be narrowed by. */
export function FilterMenu(props: FilterMenuProps) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
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
          <Suspense fallback={<Skeleton lines={6} />}>
            <FilterChoices {...props} />
          </Suspense>
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}
