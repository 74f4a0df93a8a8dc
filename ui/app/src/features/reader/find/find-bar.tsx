import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";

interface FindBarProps {
  text: string;
  count: number;
  /** 1 for the first place; 0 while there is none. */
  current: number;
  /** Changes when the bar is asked for again: the field takes the focus. */
  asked: number;
  onText: (text: string) => void;
  onStep: (by: 1 | -1) => void;
  onClose: () => void;
}

export function FindBar({ text, count, current, asked, onText, onStep, onClose }: FindBarProps) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again, it takes the focus again
  useEffect(() => input.current?.select(), [asked]);
  return (
    <search
      aria-label={words("reader.find")}
      className="flex items-center gap-1 border-b border-line bg-surface px-4 py-1"
    >
      <input
        ref={input}
        type="search"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") onClose();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        placeholder={words("reader.find")}
        aria-label={words("reader.find")}
        className="h-8 min-w-0 max-w-80 flex-1 rounded-sm border border-control bg-surface px-2.5 text-14"
      />
      <span role="status" className="min-w-20 text-13 text-muted tabular-nums">
        {text.trim() === "" ? "" : words("reader.find.count", { count, current })}
      </span>
      <IconButton
        icon={ChevronUp}
        label={words("reader.find.previous")}
        isDisabled={count === 0}
        onPress={() => onStep(-1)}
      />
      <IconButton
        icon={ChevronDown}
        label={words("reader.find.next")}
        isDisabled={count === 0}
        onPress={() => onStep(1)}
      />
      <IconButton icon={X} label={words("action.close")} onPress={onClose} />
    </search>
  );
}
