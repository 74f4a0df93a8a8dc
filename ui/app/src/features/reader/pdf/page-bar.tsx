import { Minus, MoveHorizontal, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";

interface PageBarProps {
  page: number;
  pages: number;
  /** Null while it is not known. */
  zoom: number | null;
  isFitted: boolean;
  onPage: (page: number) => void;
  onLarger: () => void;
  onSmaller: () => void;
  onFit: () => void;
}

/** Which page of how many, and how large. */
export function PageBar({ page, pages, zoom, isFitted, onPage, onLarger, onSmaller, onFit }: PageBarProps) {
  const words = useWords();
  const [typed, setTyped] = useState(String(page));
  useEffect(() => setTyped(String(page)), [page]);
  return (
    <div
      role="toolbar"
      aria-label={words("reader.pdf.bar")}
      className="flex items-center justify-center gap-1 border-b border-line bg-bg px-4 py-1 text-13 text-muted"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = Number.parseInt(typed, 10);
          if (Number.isNaN(wanted)) setTyped(String(page));
          else onPage(wanted);
        }}
        className="flex items-center gap-1"
      >
        <input
          value={typed}
          inputMode="numeric"
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => setTyped(String(page))}
          aria-label={words("reader.pdf.number")}
          className="h-7 w-12 rounded-sm border border-control bg-surface px-1 text-center text-13 text-text tabular-nums"
        />
        <span>{words("reader.pdf.of", { pages })}</span>
      </form>
      <IconButton icon={Minus} label={words("reader.pdf.smaller")} onPress={onSmaller} className="ms-3" />
      <span className="w-10 text-center tabular-nums">
        {zoom === null ? null : `${Math.round(zoom * 100)}%`}
      </span>
      <IconButton icon={Plus} label={words("reader.pdf.larger")} onPress={onLarger} />
      <IconButton icon={MoveHorizontal} label={words("reader.pdf.fit")} pressed={isFitted} onPress={onFit} />
    </div>
  );
}
