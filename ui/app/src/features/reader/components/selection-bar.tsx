import { Copy, Highlighter } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { anchorOf, type TextMap } from "@/lib/anchoring";
import { useWords } from "@/lib/i18n";
import { type ItemDetail, useHighlightWrite } from "../api";
import { COLOURS } from "../colours";

interface SelectionBarProps {
  item: ItemDetail;
  root: HTMLElement;
  map: TextMap;
  scroller: RefObject<HTMLDivElement | null>;
}

/** What can be done with selected words. It never takes the selection: its buttons do not take the focus. */
export function SelectionBar({ item, root, map, scroller }: SelectionBarProps) {
  const words = useWords();
  const write = useHighlightWrite(item.id);
  const [place, setPlace] = useState<{ top: number; left: number } | null>(null);

  useEffect(() => {
    const follow = () => {
      const range = selectedRange(root);
      const frame = scroller.current;
      if (range === null || frame === null) return setPlace(null);
      const box = range.getBoundingClientRect();
      const around = frame.getBoundingClientRect();
      setPlace({
        top: box.bottom - around.top + frame.scrollTop + 8,
        left: Math.min(Math.max(box.left - around.left, 8), around.width - 260),
      });
    };
    document.addEventListener("selectionchange", follow);
    return () => document.removeEventListener("selectionchange", follow);
  }, [root, scroller]);

  if (place === null) return null;
  const highlight = (colour: (typeof COLOURS)[number]) => {
    const range = selectedRange(root);
    const anchor = range === null ? null : anchorOf(map, item.content_text ?? "", range);
    if (anchor) write.mutate({ kind: "add", highlight: { ...anchor, colour } });
    getSelection()?.removeAllRanges();
  };
  return (
    <div
      role="toolbar"
      aria-label={words("reader.highlight.add")}
      onPointerDown={(event) => event.preventDefault()}
      className="absolute z-20 flex items-center gap-0.5 rounded-md bg-surface p-1 shadow-popover"
      style={place}
    >
      <Highlighter size={16} aria-hidden className="mx-1 text-muted" />
      {COLOURS.map((colour) => (
        <button
          key={colour}
          type="button"
          tabIndex={-1}
          onClick={() => highlight(colour)}
          aria-label={words("reader.highlight.colour", { colour: words(`reader.colour.${colour}`) })}
          className="flex size-8 items-center justify-center rounded-sm hover:bg-selected"
        >
          <span
            aria-hidden
            className="reading-highlight size-5 rounded-full border border-control"
            data-colour={colour}
          />
        </button>
      ))}
      <IconButton
        icon={Copy}
        label={words("reader.copy")}
        excludeFromTabOrder
        preventFocusOnPress
        onPress={() => void navigator.clipboard.writeText(getSelection()?.toString() ?? "")}
      />
    </div>
  );
}

/** What is selected within the article; null when nothing is. */
export function selectedRange(root: HTMLElement): Range | null {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  return root.contains(range.commonAncestorContainer) && range.toString().trim() !== "" ? range : null;
}
