import { type RefObject, useMemo } from "react";
import { anchorOf, type TextMap } from "@/lib/anchoring";
import { type Command, useCommands } from "@/lib/commands";
import { useChangeItem } from "@/lib/items";
import { useReadingStyle } from "@/lib/reading-style";
import { type Highlight, type ItemDetail, useHighlightWrite } from "./api";
import { COLOURS, type Colour } from "./colours";
import { selectedRange } from "./components/selection-bar";

interface ReaderContext {
  item: ItemDetail;
  highlights: Highlight[];
  shown: { root: HTMLElement; map: TextMap } | null;
  scroller: RefObject<HTMLElement | null>;
  toggleAside: () => void;
}

const BLOCKS = "p, li, h1, h2, h3, h4, blockquote, pre, figure, td";

/** What the keyboard does in an article. */
export function useReaderCommands({ item, highlights, shown, scroller, toggleAside }: ReaderContext): void {
  const { mutate: writeHighlight } = useHighlightWrite(item.id);
  const { mutate: changeItem } = useChangeItem();
  const commands = useMemo<Command[]>(() => {
    const blocks = () =>
      [...(shown?.root.querySelectorAll<HTMLElement>(BLOCKS) ?? [])].filter(
        (block) => !block.querySelector(BLOCKS),
      );
    const current = () => blocks().indexOf(document.activeElement as HTMLElement);
    const topmost = () => {
      const top = scroller.current?.getBoundingClientRect().top ?? 0;
      return blocks().findIndex((block) => block.getBoundingClientRect().bottom > top + 8);
    };
    const step = (by: number) => () => {
      const at = current();
      const block = blocks()[at === -1 ? Math.max(0, topmost()) : at + by];
      if (block === undefined) return;
      block.tabIndex = -1;
      block.focus({ preventScroll: true });
      block.scrollIntoView({ block: "nearest" });
    };
    const highlight = (colour: Colour) => () => {
      if (shown === null) return;
      const block = blocks()[current()];
      const whole = block === undefined ? null : document.createRange();
      whole?.selectNodeContents(block as HTMLElement);
      const range = selectedRange(shown.root) ?? whole;
      const anchor = range === null ? null : anchorOf(shown.map, item.content_text ?? "", range);
      if (anchor) writeHighlight({ kind: "add", highlight: { ...anchor, colour } });
      getSelection()?.removeAllRanges();
    };
    const jump = (by: number) => () => {
      const marks = [...(shown?.root.querySelectorAll<HTMLElement>("mark[data-highlight]") ?? [])];
      const firsts = marks.filter(
        (mark, index) => marks[index - 1]?.dataset.highlight !== mark.dataset.highlight,
      );
      const top = scroller.current?.getBoundingClientRect().top ?? 0;
      const middle = top + (scroller.current?.clientHeight ?? 0) / 2;
      const ahead = firsts.filter((mark) =>
        by > 0
          ? mark.getBoundingClientRect().top > middle + 8
          : mark.getBoundingClientRect().top < middle - 8,
      );
      (by > 0 ? ahead[0] : ahead.at(-1))?.scrollIntoView({ block: "center" });
    };
    const own = (id: string, title: Command["title"], keys: string[], run: () => void): Command => ({
      id: `reader.${id}`,
      title,
      keys,
      run,
      group: "reader",
    });
    return [
      own("next", "command.reader.next", ["j"], step(1)),
      own("previous", "command.reader.previous", ["k"], step(-1)),
      own("highlight", "command.reader.highlight", ["h"], highlight("yellow")),
      ...COLOURS.map((colour, index) =>
        own(`colour.${colour}`, "command.reader.highlight", [String(index + 1)], highlight(colour)),
      ),
      ...(highlights.length > 0
        ? [
            own("nextHighlight", "command.reader.nextHighlight", ["]"], jump(1)),
            own("previousHighlight", "command.reader.previousHighlight", ["["], jump(-1)),
          ]
        : []),
      own("outline", "command.reader.outline", ["i"], () =>
        useReadingStyle.setState((state) => ({ showOutline: !state.showOutline })),
      ),
      own("aside", "command.reader.aside", ["$mod+."], toggleAside),
      own("larger", "reader.font.larger", ["+", "Shift++"], () => useReadingStyle.getState().resize(1)),
      own("smaller", "reader.font.smaller", ["-"], () => useReadingStyle.getState().resize(-1)),
      own("favourite", "command.item.favourite", ["f"], () =>
        changeItem({ id: item.id, change: { favourite: !item.favourite } }),
      ),
      own("archive", item.archived ? "command.item.unarchive" : "command.item.archive", ["e"], () =>
        changeItem({
          id: item.id,
          change: { archived: !item.archived },
          said: item.archived ? "items.unarchived" : "items.archived",
        }),
      ),
    ];
  }, [item, highlights.length, shown, scroller, toggleAside, writeHighlight, changeItem]);
  useCommands(commands);
}
