import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ViewTitle } from "@/components/ui/view-title";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";

const PARTS = ["tags", "collections"] as const;

/** Tags and collections under one heading. */
export function OrganiseFrame({ part, children }: { part: (typeof PARTS)[number]; children: ReactNode }) {
  const words = useWords();
  useDocumentTitle(words(`organise.${part}`));
  return (
    <section className="mx-auto max-w-3xl p-4">
      <ViewTitle className="mb-2">{words(`organise.${part}`)}</ViewTitle>
      <nav aria-label={words("organise.title")} className="mb-4 flex gap-1 border-b border-line">
        {PARTS.map((each) => (
          <Link
            key={each}
            to={`/organise/${each}`}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-muted no-underline"
            activeProps={{ className: "border-accent! text-text! font-medium" }}
          >
            {words(`organise.${each}`)}
          </Link>
        ))}
      </nav>
      {children}
    </section>
  );
}
