import { PanelRight } from "lucide-react";
import { memo } from "react";
import { IconButton } from "@/components/ui/button";
import { shortDate } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import { marked } from "@/lib/marked";
import type { Result } from "../api/use-search";

interface ResultRowProps {
  result: Result;
  index: number;
  isFocused: boolean;
  onFocus: (index: number) => void;
  onOpen: (result: Result) => void;
  onPreview: ((index: number) => void) | null;
}

/** The best passage of an item, with its marks, and by what it was found. Letters that are typed leave it as it is. */
export const ResultRow = memo(function ResultRow({
  result,
  index,
  isFocused,
  onFocus,
  onOpen,
  onPreview,
}: ResultRowProps) {
  const words = useWords();
  return (
    <div className="flex items-start border-b border-line">
      <button
        type="button"
        data-result={result.item_id}
        tabIndex={isFocused ? 0 : -1}
        onFocus={() => onFocus(index)}
        onClick={() => onOpen(result)}
        className={`block min-w-0 flex-1 px-4 py-3 text-start focus-visible:-outline-offset-2 ${isFocused ? "bg-selected" : "hover:bg-surface"}`}
      >
        <span className="flex items-baseline gap-2">
          <span className="truncate font-medium" dir="auto">
            {result.title}
          </span>
          <span className="ms-auto shrink-0 text-12 text-muted tabular-nums">
            {shortDate(result.created_at)}
          </span>
        </span>
        <span className="mt-1 line-clamp-3 text-13 text-muted" dir="auto">
          {marked(result.snippet)}
        </span>
        <span className="mt-1 flex flex-wrap gap-x-2 text-12 text-muted">
          {result.matched.map((how) => (
            <span key={how} className="rounded-sm border border-line px-1">
              {words(`search.badge.${how}` as MessageId)}
            </span>
          ))}
          {result.site_name ? <span>{result.site_name}</span> : null}
          {result.page ? <span>{words("search.page", { page: result.page })}</span> : null}
          {result.heading && result.heading !== result.title ? (
            <span className="truncate">{result.heading}</span>
          ) : null}
          {result.tags.slice(0, 3).map((tag) => (
            <span key={tag}>#{tag}</span>
          ))}
        </span>
      </button>
      {onPreview ? (
        <IconButton
          icon={PanelRight}
          label={words("search.preview.of", { title: result.title })}
          className="m-2"
          excludeFromTabOrder={!isFocused}
          onPress={() => onPreview(index)}
        />
      ) : null}
    </div>
  );
});
