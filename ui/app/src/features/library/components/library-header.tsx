import { Link } from "@tanstack/react-router";
import { ChevronDown, LayoutGrid, List, Trash2 } from "lucide-react";
import { Suspense } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { ViewTitle } from "@/components/ui/view-title";
import { useCollections } from "@/lib/collections";
import { type MessageId, useWords } from "@/lib/i18n";
import { loadLater, useOnceIdle } from "@/lib/load-later";
import { locale } from "@/lib/locale";
import { type LibrarySearch, targetOf } from "../filters";
import { useLibrary } from "../store";
import { FilterMenu } from "./filter-menu";

const SortSelect = loadLater(async () => (await import("./sort-select")).SortSelect);

interface LibraryHeaderProps {
  title: string;
  search: LibrarySearch;
  trashed: boolean;
  total: number;
  onSearch: (change: { [Name in keyof LibrarySearch]?: LibrarySearch[Name] | undefined }) => void;
}

/** Where one is, how much there is, what it is filtered by, and its order. */
export function LibraryHeader({ title, search, trashed, total, onSearch }: LibraryHeaderProps) {
  const words = useWords();
  const cards = search.view === "cards";
  const isIdle = useOnceIdle();
  return (
    <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <ViewTitle>{title}</ViewTitle>
      <span className="text-13 text-muted tabular-nums">{words("library.count", { count: total })}</span>
      <span className="basis-full medium:hidden" />
      <div
        className={`flex flex-1 flex-wrap items-center gap-1.5 ${isUnfiltered(search) ? "" : "max-medium:basis-full"}`}
      >
        <FilterChips search={search} onSearch={onSearch} />
        <FilterMenu search={search} trashed={trashed} onSearch={onSearch} />
      </div>
      {trashed ? null : (
        <Suspense fallback={<SortShown sort={search.sort} />}>
          {isIdle ? (
            <SortSelect sort={search.sort} onSort={(sort) => onSearch({ sort })} />
          ) : (
            <SortShown sort={search.sort} />
          )}
        </Suspense>
      )}
      <IconButton
        icon={cards ? List : LayoutGrid}
        label={words(cards ? "library.list" : "library.cards")}
        keys="V"
        onPress={() => onSearch({ view: cards ? undefined : "cards" })}
      />
      {trashed && total > 0 && isUnfiltered(search) ? (
        <Button
          kind="quiet"
          className="text-danger!"
          onPress={() => {
            const target = targetOf({ selected: new Set(), allBut: new Set() }, search, trashed);
            if (target) useLibrary.getState().askToDelete({ target, count: total });
          }}
        >
          {words("library.emptyTrash")}
        </Button>
      ) : null}
      {trashed ? (
        <Link to="/library">{words("library.title")}</Link>
      ) : (
        <Link
          to="/library/trash"
          aria-label={words("library.trash")}
          className="inline-flex size-8 items-center justify-center rounded-sm text-muted hover:bg-selected hover:text-text"
        >
          <Trash2 size={16} aria-hidden />
        </Link>
      )}
    </header>
  );
}

/** Whether the whole list is shown. */
function isUnfiltered({ view: _view, sort: _sort, ...filters }: LibrarySearch): boolean {
  return Object.values(filters).every((value) => value === undefined);
}

/** The order, as long as the list to choose another from is on its way; it takes the same place. */
function SortShown({ sort }: Pick<LibrarySearch, "sort">) {
  const words = useWords();
  return (
    <span className="inline-flex h-8 items-center justify-between gap-2 rounded-sm border border-control bg-surface px-2.5 text-14">
      {words(`library.sort.${sort ?? "-created_at"}`)}
      <ChevronDown size={16} aria-hidden className="text-muted" />
    </span>
  );
}

function FilterChips({ search, onSearch }: Pick<LibraryHeaderProps, "search" | "onSearch">) {
  const words = useWords();
  const collections = useCollections();
  const chips: { key: string; text: string; remove: () => void }[] = [
    ...(search.tag ?? []).map((tag) => ({
      key: `tag-${tag}`,
      text: `#${tag}`,
      remove: () => onSearch({ tag: search.tag?.filter((each) => each !== tag) }),
    })),
  ];
  const add = (name: keyof LibrarySearch, text: string | undefined) => {
    if (text !== undefined) chips.push({ key: name, text, remove: () => onSearch({ [name]: undefined }) });
  };
  add("kind", search.kind && words(`library.kind.${search.kind}` as MessageId));
  add("status", search.status && words(`library.status.${search.status}` as MessageId));
  add("in", search.in && (collections.data?.items.find((each) => each.id === search.in)?.name ?? search.in));
  add("site", search.site);
  add("month", search.month && monthName(search.month));
  add("unread", search.unread ? words("library.filter.unread") : undefined);
  add("favourite", search.favourite ? words("library.filter.favourite") : undefined);
  add("archived", search.archived ? words("library.filter.archived") : undefined);
  return chips.map((chip) => (
    <Chip
      key={chip.key}
      onRemove={chip.remove}
      removeLabel={words("library.filter.remove", { name: chip.text })}
    >
      {chip.text}
    </Chip>
  ));
}

export function monthName(month: string): string {
  return new Intl.DateTimeFormat(locale, {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${month}-15T00:00:00Z`));
}
