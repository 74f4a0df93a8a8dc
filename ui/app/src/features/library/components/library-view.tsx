import { getRouteApi } from "@tanstack/react-router";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";
import { ItemList } from "./item-list";

const libraryRoute = getRouteApi("/library");
const trashRoute = getRouteApi("/library/trash");

export function LibraryView() {
  const words = useWords();
  const search = libraryRoute.useSearch();
  const navigate = libraryRoute.useNavigate();
  useDocumentTitle(words("library.title"));
  return (
    <ItemList
      title={words("library.title")}
      search={search}
      trashed={false}
      onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }) })}
    />
  );
}

export function TrashView() {
  const words = useWords();
  const search = trashRoute.useSearch();
  const navigate = trashRoute.useNavigate();
  useDocumentTitle(words("library.trash"));
  return (
    <ItemList
      title={words("library.trash")}
      search={search}
      trashed
      onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }) })}
    />
  );
}
