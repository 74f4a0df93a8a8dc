import { Search } from "lucide-react";
import type { RefObject } from "react";

interface SearchFieldProps {
  input: RefObject<HTMLInputElement | null>;
  label: string;
  text: string;
  onText: (text: string) => void;
  /** Arrow down or Enter: on to what was found. */
  onLeave: (key: "ArrowDown" | "Enter") => void;
  /** One comes here to type; not where one comes back to a place among the results. */
  isFirst?: boolean;
}

/** The field of the search, over everything or over the highlights. */
export function SearchField({ input, label, text, onText, onLeave, isFirst = true }: SearchFieldProps) {
  return (
    <search className="flex min-w-60 flex-1 items-center gap-2 rounded-sm border border-control bg-surface px-2.5">
      <Search size={16} aria-hidden className="text-muted" />
      <input
        ref={input}
        type="search"
        value={text}
        // biome-ignore lint/a11y/noAutofocus: one comes here to type, or comes back to where one was
        autoFocus={isFirst}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "Enter") return;
          event.preventDefault();
          onLeave(event.key);
        }}
        placeholder={label}
        aria-label={label}
        className="h-9 flex-1 bg-transparent text-16 outline-none placeholder:text-muted"
      />
    </search>
  );
}
