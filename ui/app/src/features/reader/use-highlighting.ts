import { useCallback, useState } from "react";
import type { Colour } from "@/lib/colours";
import { t } from "@/lib/i18n";
import { useNotices } from "@/lib/undo";
import { type Highlight, type ItemDetail, useHighlightWrite } from "./api";
import { focusedHighlight, type Surface, selectedRange } from "./surface";
import { useHighlightExport } from "./use-highlight-export";

export interface Highlighting {
  /** The highlight that has the focus. */
  focused: () => Highlight | undefined;
  /** Highlight what is selected, else change the focused highlight, else highlight `block`. */
  colour: (colour: Colour, block?: HTMLElement) => void;
  recolour: (highlight: Highlight, colour: Colour) => void;
  remove: (highlight: Highlight) => void;
  noted: Highlight | null;
  openNote: (highlight: Highlight) => void;
  closeNote: () => void;
}

/** What can be done with highlights, by keys and by pointing. */
export function useHighlighting(
  item: ItemDetail,
  highlights: Highlight[],
  surface: Surface | null,
): Highlighting {
  const { mutate: write } = useHighlightWrite(item.id);
  useHighlightExport(item.id, highlights.length > 0);
  const [noted, setNoted] = useState<Highlight | null>(null);
  const focused = useCallback(
    () => highlights.find((highlight) => highlight.id === focusedHighlight()),
    [highlights],
  );
  const recolour = useCallback(
    (highlight: Highlight, colour: Colour) => write({ kind: "edit", id: highlight.id, change: { colour } }),
    [write],
  );
  const colour = useCallback(
    (chosen: Colour, block?: HTMLElement) => {
      if (surface === null) return;
      const selected = selectedRange(surface.root);
      const old = selected === null ? focused() : undefined;
      if (old) return recolour(old, chosen);
      const range = selected ?? wholeOf(block);
      if (range === null) return;
      const anchor = surface.anchorOf(range);
      getSelection()?.removeAllRanges();
      if (anchor) write({ kind: "add", highlight: { ...anchor, colour: chosen } });
      else useNotices.getState().tell(t("reader.highlight.impossible"), { tone: "danger" });
    },
    [surface, focused, recolour, write],
  );
  const remove = useCallback((highlight: Highlight) => write({ kind: "remove", id: highlight.id }), [write]);
  const closeNote = useCallback(() => setNoted(null), []);
  return { focused, colour, recolour, remove, noted, openNote: setNoted, closeNote };
}

function wholeOf(block: HTMLElement | undefined): Range | null {
  if (block === undefined) return null;
  const range = document.createRange();
  range.selectNodeContents(block);
  return range;
}
