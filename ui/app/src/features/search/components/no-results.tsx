import { Link } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { useCommandRegistry } from "@/lib/commands";
import { type MessageId, useWords } from "@/lib/i18n";
import { useTrashed } from "../api/use-search";
import { type Filter, join, typed, withoutFilters } from "../query-filters";
import type { Mode } from "../search-params";
import { useFilterWords } from "../use-filter-words";

/** The way of searching that finds what this one does not. */
const OTHER: Record<Mode, Mode> = {
  auto: "semantic",
  hybrid: "semantic",
  keyword: "semantic",
  semantic: "keyword",
};

interface NoResultsProps {
  filters: Filter[];
  words: string;
  mode: Mode;
  /** The same words as the library spells them. */
  spelling: string | undefined;
  onChoose: (query: string, mode?: Mode) => void;
}

/** What to do where nothing fits: spell it otherwise, ask for less, search another way, look elsewhere, save it. */
export function NoResults({ filters, words: text, mode, spelling, onChoose }: NoResultsProps) {
  const words = useWords();
  const nameOf = useFilterWords();
  const trashed = useTrashed(true);
  const capture = useCommandRegistry((state) => state.commands.find((command) => command.id === "capture"));
  const other = OTHER[mode];
  return (
    <EmptyState
      title={words("search.none.title")}
      action={
        <div className="flex flex-col items-center gap-3">
          {spelling ? (
            <p>
              {words("search.didYouMean")}{" "}
              <Button
                kind="quiet"
                className="min-h-6 px-1! text-accent!"
                onPress={() => onChoose(join(filters, spelling))}
              >
                {spelling}
              </Button>
            </p>
          ) : null}
          <div className="flex flex-wrap justify-center gap-2">
            {filters.map((filter) => (
              <Button
                key={typed(filter)}
                onPress={() => onChoose(join(withoutFilters(filters, [filter]), text))}
              >
                {words("search.none.without", { name: nameOf(filter) })}
              </Button>
            ))}
            {text.trim() ? (
              <Button onPress={() => onChoose(join(filters, text), other)}>
                {words(`search.none.${other}` as MessageId)}
              </Button>
            ) : null}
            {trashed.data ? (
              <Link
                to="/library/trash"
                className="inline-flex min-h-8 items-center rounded-sm border border-control bg-surface px-3 font-medium text-text no-underline hover:bg-selected"
              >
                {words("search.none.trash", { count: trashed.data })}
              </Link>
            ) : null}
            {capture ? <Button onPress={capture.run}>{words("search.none.capture")}</Button> : null}
          </div>
        </div>
      }
    />
  );
}
