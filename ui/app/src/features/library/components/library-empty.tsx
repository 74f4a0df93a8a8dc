import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { useCommandRegistry } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { LibrarySearch } from "../filters";

const TRASH_DAYS = 30;
const NO_FILTERS = {
  kind: undefined,
  status: undefined,
  tag: undefined,
  in: undefined,
  site: undefined,
  month: undefined,
  favourite: undefined,
  archived: undefined,
};

interface LibraryEmptyProps {
  search: LibrarySearch;
  trashed: boolean;
  onSearch: (change: typeof NO_FILTERS) => void;
}

export function LibraryEmpty({ search, trashed, onSearch }: LibraryEmptyProps) {
  const words = useWords();
  const capture = useCommandRegistry((state) => state.commands.find((command) => command.id === "capture"));
  const { view: _, sort: _sort, ...filters } = search;
  if (Object.keys(filters).length > 0) {
    return (
      <EmptyState
        title={words("library.empty.filtered")}
        action={<Button onPress={() => onSearch(NO_FILTERS)}>{words("library.filter.clear")}</Button>}
      />
    );
  }
  if (trashed) {
    return (
      <EmptyState title={words("library.empty.trash")}>
        {words("library.empty.trash.text", { days: TRASH_DAYS })}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={words("library.empty.title")}
      action={
        capture ? (
          <Button kind="primary" onPress={capture.run}>
            {words(capture.title)}
          </Button>
        ) : undefined
      }
    >
      {words("library.empty.text")}
    </EmptyState>
  );
}
