import { Circle, CircleDot, ClipboardCopy, MoreHorizontal, NotebookPen, Share, Trash2 } from "lucide-react";
import { useState } from "react";
import { useExportEntries } from "@/components/highlight-export";
import { Button, IconButton } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { COLOURS } from "@/lib/colours";
import { copyHighlights } from "@/lib/highlights";
import { useWords } from "@/lib/i18n";
import { type Highlight, useHighlights } from "../api";
import type { Highlighting } from "../use-highlighting";
import { Failed } from "./failed";

/** Rows with a menu each: more of them than one reads are made when they are asked for. */
const AT_ONCE = 100;

interface HighlightListProps {
  itemId: string;
  highlights: Highlight[];
  lost: Highlight[];
  onHighlight: (highlight: Highlight) => void;
  highlighting: Highlighting;
}

/** All highlights with their notes; those whose words are gone say so. */
export function HighlightList({ itemId, highlights, lost, onHighlight, highlighting }: HighlightListProps) {
  const words = useWords();
  const query = useHighlights(itemId);
  const [shown, setShown] = useState(AT_ONCE);
  const exports = useExportEntries({ item_id: itemId });
  return (
    <section>
      <div className="flex min-h-8 items-center justify-between">
        <h2 className="text-13 text-muted">{words("reader.highlights")}</h2>
        {highlights.length > 0 ? (
          <Menu
            label={words("highlights.more")}
            entries={[
              {
                id: "copy",
                icon: ClipboardCopy,
                label: words("highlights.copy"),
                run: () => void copyHighlights({ item_id: itemId }),
              },
              ...exports.map((entry, index) => ({ ...entry, separated: index === 0 })),
            ]}
          >
            <IconButton icon={Share} label={words("highlights.more")} />
          </Menu>
        ) : null}
      </div>
      {query.isError && !query.data ? (
        <Failed
          what={words("reader.highlights.failed")}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.data?.length === 0 ? (
        <p className="mt-1 text-13 text-muted">{words("reader.highlights.none")}</p>
      ) : null}
      <ul className="mt-1 flex flex-col gap-1">
        {highlights.slice(0, shown).map((highlight) => (
          <li key={highlight.id} className="flex items-start gap-1">
            <button
              type="button"
              onClick={() => onHighlight(highlight)}
              className="reading-highlight min-w-0 flex-1 rounded-sm px-1.5 py-1 text-start text-13"
              data-colour={highlight.colour}
              dir="auto"
            >
              <span className="line-clamp-3">{highlight.quote}</span>
              {highlight.note ? (
                <span className="mt-1 block border-t border-current pt-1 text-12 whitespace-pre-line">
                  {highlight.note}
                </span>
              ) : null}
              {lost.some((each) => each.id === highlight.id) ? (
                <span className="mt-1 block text-12 font-medium">{words("reader.highlights.lost")}</span>
              ) : null}
            </button>
            <Menu
              label={words("reader.highlight.change")}
              entries={[
                {
                  id: "note",
                  icon: NotebookPen,
                  label: words("reader.highlight.note"),
                  run: () => highlighting.openNote(highlight),
                },
                ...COLOURS.map((colour) => ({
                  id: colour,
                  icon: colour === highlight.colour ? CircleDot : Circle,
                  label: words("reader.highlight.colour", { colour: words(`reader.colour.${colour}`) }),
                  run: () => highlighting.recolour(highlight, colour),
                })),
                {
                  id: "remove",
                  icon: Trash2,
                  label: words("reader.highlight.remove"),
                  tone: "danger" as const,
                  separated: true,
                  run: () => highlighting.remove(highlight),
                },
              ]}
            >
              <IconButton icon={MoreHorizontal} label={words("reader.highlight.change")} />
            </Menu>
          </li>
        ))}
      </ul>
      {highlights.length > shown ? (
        <Button className="mt-2" onPress={() => setShown(shown + AT_ONCE)}>
          {words("reader.highlights.rest", { count: highlights.length - shown })}
        </Button>
      ) : null}
    </section>
  );
}
