import { Copy, Highlighter, NotebookPen, Trash2 } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { COLOURS, type Colour } from "@/lib/colours";
import { useWords } from "@/lib/i18n";
import type { Highlight } from "../api";
import { focusedHighlight, type Surface, selectedRange } from "../surface";

interface SelectionBarProps {
  surface: Surface;
  highlights: Highlight[];
  scroller: RefObject<HTMLElement | null>;
  onColour: (colour: Colour) => void;
  onNote: (highlight: Highlight) => void;
  onRemove: (highlight: Highlight) => void;
}

interface Place {
  top: number;
  left: number;
  /** The highlight that is meant; else the selection is. */
  id: string | undefined;
}

const WIDTH = 270;

/**
 * What can be done with selected words or with a highlight. It never takes the selection: its buttons do not take
 * the focus; each has its key.
 */
export function SelectionBar({
  surface,
  highlights,
  scroller,
  onColour,
  onNote,
  onRemove,
}: SelectionBarProps) {
  const words = useWords();
  const place = usePlace(surface, scroller);
  if (place === null) return null;
  const highlight = highlights.find((each) => each.id === place.id);
  return (
    <div
      role="toolbar"
      aria-label={words(highlight ? "reader.highlight.change" : "reader.highlight.add")}
      onPointerDown={(event) => event.preventDefault()}
      className="absolute z-20 flex items-center gap-0.5 rounded-md bg-surface p-1 shadow-popover"
      style={{ top: place.top, left: place.left }}
    >
      <Highlighter size={16} aria-hidden className="mx-1 text-muted" />
      {COLOURS.map((colour) => (
        <button
          key={colour}
          type="button"
          tabIndex={-1}
          onClick={() => onColour(colour)}
          aria-pressed={highlight ? highlight.colour === colour : undefined}
          aria-label={words("reader.highlight.colour", { colour: words(`reader.colour.${colour}`) })}
          className="flex size-8 items-center justify-center rounded-sm hover:bg-selected"
        >
          <span
            aria-hidden
            className="reading-highlight size-5 rounded-full"
            data-colour={colour}
            data-chosen={highlight?.colour === colour || undefined}
          />
        </button>
      ))}
      {highlight ? (
        <>
          <IconButton
            icon={NotebookPen}
            label={words("reader.highlight.note")}
            keys="N"
            excludeFromTabOrder
            preventFocusOnPress
            onPress={() => onNote(highlight)}
          />
          <IconButton
            icon={Trash2}
            label={words("reader.highlight.remove")}
            keys="Delete"
            excludeFromTabOrder
            preventFocusOnPress
            onPress={() => onRemove(highlight)}
          />
        </>
      ) : (
        <IconButton
          icon={Copy}
          label={words("reader.copy")}
          excludeFromTabOrder
          preventFocusOnPress
          onPress={() => void navigator.clipboard.writeText(getSelection()?.toString() ?? "")}
        />
      )}
    </div>
  );
}

/** Below what is selected, else below the highlight that has the focus. */
function usePlace(surface: Surface, scroller: RefObject<HTMLElement | null>): Place | null {
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    const follow = () => {
      const frame = scroller.current;
      if (frame === null) return;
      const range = selectedRange(surface.root);
      const id = range === null ? focusedHighlight() : undefined;
      const box = (range ?? (id === undefined ? null : document.activeElement))?.getBoundingClientRect();
      if (box === undefined) return setPlace(null);
      const around = frame.getBoundingClientRect();
      setPlace({
        top: box.bottom - around.top + frame.scrollTop + 8,
        left: Math.max(Math.min(box.left - around.left, around.width - WIDTH), 8),
        id,
      });
    };
    follow();
    document.addEventListener("selectionchange", follow);
    document.addEventListener("focusin", follow);
    document.addEventListener("focusout", follow);
    return () => {
      document.removeEventListener("selectionchange", follow);
      document.removeEventListener("focusin", follow);
      document.removeEventListener("focusout", follow);
    };
  }, [surface, scroller]);
  return place;
}
