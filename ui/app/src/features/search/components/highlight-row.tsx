import { dateAndTime, shortDate } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import type { ListedHighlight } from "../api/use-highlights";

interface HighlightRowProps {
  highlight: ListedHighlight;
  place: number;
  isFocused: boolean;
  onFocus: () => void;
  onOpen: () => void;
}

/** Marked words, what was noted beside them, and where they stand. */
export function HighlightRow({ highlight, place, isFocused, onFocus, onOpen }: HighlightRowProps) {
  const words = useWords();
  const { item } = highlight;
  return (
    <button
      type="button"
      data-place={place}
      tabIndex={isFocused ? 0 : -1}
      onFocus={onFocus}
      onClick={onOpen}
      className={`block w-full border-b border-line px-4 py-3 text-start focus-visible:-outline-offset-2 ${isFocused ? "bg-selected" : "hover:bg-surface"}`}
    >
      <span className="sr-only">
        {words("highlights.colour", { colour: words(`reader.colour.${highlight.colour}` as MessageId) })}{" "}
      </span>
      <span className="line-clamp-3 max-w-[80ch] text-14" dir="auto">
        <span className="reading-highlight ps-1.5" data-colour={highlight.colour}>
          {highlight.quote}
        </span>
      </span>
      {highlight.note ? (
        <span className="mt-1 line-clamp-3 max-w-[80ch] text-14 whitespace-pre-line" dir="auto">
          {highlight.note}
        </span>
      ) : null}
      <span className="mt-1 flex flex-wrap gap-x-2 text-12 text-muted">
        <span className="max-w-full truncate" dir="auto">
          {item.title}
        </span>
        {item.site_name ? <span>{item.site_name}</span> : null}
        {highlight.page ? <span>{words("highlights.page", { page: highlight.page })}</span> : null}
        <time dateTime={highlight.created_at} title={dateAndTime(highlight.created_at)}>
          {shortDate(highlight.created_at)}
        </time>
        {highlight.content_version === item.content_version ? null : (
          <span className="text-warn">{words("reader.highlights.lost")}</span>
        )}
      </span>
    </button>
  );
}
