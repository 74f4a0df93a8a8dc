import { Link } from "@tanstack/react-router";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";

/** Nothing is at this address (any more), and where one goes from here. */
export function NotFound() {
  const words = useWords();
  useDocumentTitle(words("state.notFound.title"));
  return (
    <section className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-16 text-center">
      <h1 className="text-16">{words("state.notFound.title")}</h1>
      <p className="text-muted">{words("state.notFound.text")}</p>
      <p className="flex flex-wrap justify-center gap-4">
        <Link to="/library">{words("command.go.library")}</Link>
        <Link to="/library/trash">{words("state.notFound.trash")}</Link>
      </p>
    </section>
  );
}
