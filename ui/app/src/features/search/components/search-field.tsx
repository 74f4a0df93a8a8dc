import { Search } from "lucide-react";
import type { ReactNode, RefObject } from "react";

interface SearchFieldProps {
  input: RefObject<HTMLInputElement | null>;
  label: string;
  text: string;
  onText: (text: string) => void;
  /** Arrow down or Enter: on to what was found. */
  onLeave: (key: "ArrowDown" | "Enter") => void;
  /** Backspace with nothing before it. */
  onBackspace?: () => void;
  /** One comes here to type; not where one comes back to a place among the results. */
  isFirst?: boolean;
  /** What stands before the words. */
  children?: ReactNode;
}

/** The field of the search, over everything or over the highlights. */
export function SearchField({
  input,
  label,
  text,
  onText,
  onLeave,
  onBackspace,
  isFirst = true,
  children,
}: SearchFieldProps) {
  return (
    <search className="flex min-w-60 flex-1 flex-wrap max-medium:basis-4/5 items-center gap-x-2 gap-y-1 rounded-sm border border-control bg-surface px-2.5 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
      <Search size={16} aria-hidden className="text-muted" />
      {children}
      <input
        ref={input}
        type="search"
        value={text}
        // biome-ignore lint/a11y/noAutofocus: one comes here to type, or comes back to where one was
        autoFocus={isFirst}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          // Enter takes over what an input method offers.
          if (event.nativeEvent.isComposing) return;
          const { selectionStart, selectionEnd } = event.currentTarget;
          if (event.key === "Backspace" && selectionStart === 0 && selectionEnd === 0) onBackspace?.();
          if (event.key !== "ArrowDown" && event.key !== "Enter") return;
          event.preventDefault();
          onLeave(event.key);
        }}
        placeholder={label}
        aria-label={label}
        className="h-9 min-w-40 flex-1 bg-transparent text-16 outline-none placeholder:text-muted"
      />
    </search>
  );
}
