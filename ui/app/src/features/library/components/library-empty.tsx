import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { useCommandRegistry } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { LibrarySearch } from "../filters";

const NO_FILTERS = {
  kind: undefined,
  status: undefined,
  tag: undefined,
  in: undefined,
  site: undefined,
  month: undefined,
  unread: undefined,
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
  if (trashed) return <TrashEmpty />;
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

function TrashEmpty() {
  const words = useWords();
  const settings = useQuery({
    queryKey: ["settings", "detail"],
    queryFn: () => unwrap(api.GET("/api/settings")),
  });
  return (
    <EmptyState title={words("library.empty.trash")}>
      {settings.data ? words("library.empty.trash.text", { days: settings.data.trash_days }) : null}
    </EmptyState>
  );
}
