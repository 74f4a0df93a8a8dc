import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ViewTitle } from "@/components/ui/view-title";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";
import { PARTS, type Part } from "./parts";

/** The pages of the settings beside each other, one of them shown. */
export function SettingsFrame({ part, children }: { part: Part; children: ReactNode }) {
  const words = useWords();
  useDocumentTitle(words(`settings.${part}`));
  return (
    <div className="mx-auto flex max-w-5xl gap-x-8 p-4 max-wide:flex-col">
      <nav
        aria-label={words("settings.title")}
        className="shrink-0 wide:sticky wide:top-4 wide:w-40 wide:self-start"
      >
        <ul className="flex gap-0.5 max-wide:mb-4 max-wide:flex-wrap max-wide:border-b max-wide:border-line max-wide:pb-2 wide:flex-col">
          {PARTS.map((each) => (
            <li key={each}>
              <Link
                to={`/settings/${each}`}
                className="block rounded-sm px-2.5 py-1.5 text-muted no-underline hover:bg-selected"
                activeProps={{ className: "bg-selected text-text! font-medium", "aria-current": "page" }}
              >
                {words(`settings.${each}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-w-0 flex-1">
        <ViewTitle className="mb-4">{words(`settings.${part}`)}</ViewTitle>
        {children}
      </div>
    </div>
  );
}
