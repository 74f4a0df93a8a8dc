import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import type { Citation } from "../live-answer";

const SHOWN = 3;

interface SourcesProps {
  citations: Citation[];
  onSource: (n: number) => void;
}

/** What the answer stands on. They keep to one line, so that the words below stay where they are. */
export function Sources({ citations, onSource }: SourcesProps) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  if (citations.length === 0) return null;
  const shown = isOpen ? citations : citations.slice(0, SHOWN);
  const more = citations.length - SHOWN;
  const titles = citations.map(({ title }) => title);
  const twice = new Set(titles.filter((title, index) => titles.indexOf(title) !== index));
  return (
    <section className="flex items-start gap-2">
      <h2 className="sr-only">{words("chat.sources")}</h2>
      <ul className="grid min-w-0 flex-1 grid-cols-3 gap-1.5 max-medium:grid-cols-1">
        {shown.map(({ n, title, page, quote }) => (
          <li key={n} className="min-w-0">
            <button
              type="button"
              data-source={n}
              title={quote ? `${title}: “${quote}”` : title}
              onClick={() => onSource(n)}
              className="flex h-8 w-full items-center gap-1.5 rounded-sm border border-line bg-surface px-2 text-start text-13 hover:bg-selected"
            >
              <span className="sr-only">
                {words("chat.source.name", { n, title })}
                {twice.has(title) ? ` “${quote}”` : null}
              </span>
              <span aria-hidden className="font-medium text-accent tabular-nums">
                {n}
              </span>
              <span aria-hidden className="truncate" dir="auto">
                {twice.has(title) && quote ? `“${quote}”` : title}
              </span>
              {page === null ? null : (
                <span className="shrink-0 text-12 text-muted">{words("chat.source.page", { page })}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <Button
          kind="quiet"
          className="px-2! text-13! font-normal! text-muted!"
          onPress={() => setOpen(!isOpen)}
        >
          {isOpen ? words("chat.sources.fewer") : words("chat.sources.more", { count: more })}
        </Button>
      ) : null}
    </section>
  );
}
