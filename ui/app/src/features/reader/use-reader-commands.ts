import { type RefObject, useEffect, useMemo } from "react";
import { useItemDialog } from "@/components/item-dialogs";
import { COLOURS, type Colour } from "@/lib/colours";
import { type Command, isTyping, useCommands } from "@/lib/commands";
import { useChangeItem } from "@/lib/items";
import { neighbour, useReadingList } from "@/lib/reading-list";
import { useReadingStyle } from "@/lib/reading-style";
import { useUpdateCopy } from "@/lib/update-copy";
import type { ItemDetail } from "./api";
import type { Find } from "./find/use-find";
import type { Surface } from "./surface";
import type { Highlighting } from "./use-highlighting";
import type { Shown } from "./views";

interface ReaderContext {
  item: ItemDetail;
  views: Shown[];
  view: Shown;
  surface: Surface | null;
  scroller: RefObject<HTMLElement | null>;
  find: Find;
  highlighting: Highlighting;
  toggleAside: () => void;
  toggleOutline: () => void;
  showView: (view: Shown) => void;
  onItem: (id: string) => void;
  onBack: (to: string) => void;
}

const BLOCKS = "p, li, h1, h2, h3, h4, blockquote, pre, figure, td";
const PRESSED = "button, a, summary, [role=button], [role=toolbar]";
const PAGE_SHARE = 0.9;

/** What the keyboard does in an item. */
export function useReaderCommands(context: ReaderContext): void {
  const { item, views, view, surface, scroller, find, highlighting, onItem, onBack } = context;
  const { toggleAside, toggleOutline, showView } = context;
  const { mutate: changeItem } = useChangeItem();
  const { mutate: updateCopy } = useUpdateCopy();
  const showDialog = useItemDialog((state) => state.show);
  const { ids, from } = useReadingList();
  usePageKey(scroller);
  const commands = useMemo<Command[]>(() => {
    const steps = surface === null ? null : stepsIn(surface, scroller);
    const pages = surface?.pages;
    const own = (
      id: string,
      title: Command["title"],
      keys: string[],
      run: () => void,
      noRepeat = false,
    ): Command => ({ id: `reader.${id}`, title, keys, run, noRepeat, group: "reader" });
    const highlight = (colour: Colour) => () => highlighting.colour(colour, steps?.block());
    const toItem = (by: 1 | -1) => {
      const id = neighbour(ids, item.id, by);
      return id === undefined ? [] : [id];
    };
    return [
      ...(steps
        ? [
            ...(pages
              ? [
                  own("nextPage", "command.reader.nextPage", ["j"], () => pages.step(1)),
                  own("previousPage", "command.reader.previousPage", ["k"], () => pages.step(-1)),
                  own("zoomIn", "reader.pdf.larger", ["+", "Shift++"], () => pages.zoom(1)),
                  own("zoomOut", "reader.pdf.smaller", ["-"], () => pages.zoom(-1)),
                ]
              : [
                  own("next", "command.reader.next", ["j"], () => steps.paragraph(1)),
                  own("previous", "command.reader.previous", ["k"], () => steps.paragraph(-1)),
                ]),
            own("highlight", "command.reader.highlight", ["h"], highlight("yellow")),
            ...COLOURS.map((colour, index) =>
              own(`colour.${colour}`, `command.reader.${colour}`, [String(index + 1)], highlight(colour)),
            ),
            own("nextHighlight", "command.reader.nextHighlight", ["]"], () => steps.highlight(1)),
            own("previousHighlight", "command.reader.previousHighlight", ["["], () => steps.highlight(-1)),
            own(
              "removeHighlight",
              "reader.highlight.remove",
              ["Delete"],
              () => {
                const focused = highlighting.focused();
                if (focused) highlighting.remove(focused);
              },
              true,
            ),
            own("find", "command.reader.find", ["$mod+f"], find.open),
            own("findNext", "command.reader.findNext", ["$mod+g"], () =>
              find.isOpen ? find.step(1) : find.open(),
            ),
            own("findPrevious", "command.reader.findPrevious", ["$mod+Shift+g"], () => find.step(-1)),
          ]
        : []),
      ...(find.isOpen
        ? [own("findClose", "command.reader.findClose", ["Escape"], find.close)]
        : ids.includes(item.id)
          ? [own("back", "command.reader.back", ["Escape"], () => leaveLayer() || onBack(from))]
          : []),
      own("note", "command.item.note", ["n"], () => {
        const focused = highlighting.focused();
        if (focused) highlighting.openNote(focused);
        else showDialog({ kind: "note", item });
      }),
      ...(views.length > 1
        ? [
            own("view", "command.reader.view", ["v"], () =>
              showView(views[(views.indexOf(view) + 1) % views.length] ?? "reader"),
            ),
          ]
        : []),
      ...(view === "reader" && surface
        ? [own("outline", "command.reader.outline", ["i"], toggleOutline)]
        : []),
      own("aside", "command.reader.aside", ["$mod+."], toggleAside),
      ...(view === "reader"
        ? [
            own("larger", "reader.font.larger", ["+", "Shift++"], () => useReadingStyle.getState().resize(1)),
            own("smaller", "reader.font.smaller", ["-"], () => useReadingStyle.getState().resize(-1)),
          ]
        : []),
      ...toItem(1).map((id) => own("nextItem", "command.list.next", ["Shift+J"], () => onItem(id))),
      ...toItem(-1).map((id) => own("previousItem", "command.list.previous", ["Shift+K"], () => onItem(id))),
      own(
        "favourite",
        item.favourite ? "command.item.unfavourite" : "command.item.makeFavourite",
        ["f"],
        () => changeItem({ id: item.id, change: { favourite: !item.favourite } }),
      ),
      own("tag", "command.item.tag", ["t"], () => showDialog({ kind: "tag", target: { ids: [item.id] } })),
      own("move", "command.item.move", ["m"], () => showDialog({ kind: "move", target: { ids: [item.id] } })),
      ...(item.url && !item.deleted_at
        ? [own("updateCopy", "command.item.updateCopy", [], () => updateCopy(item.id))]
        : []),
      own(
        "archive",
        item.archived ? "command.item.unarchive" : "command.item.archive",
        ["e"],
        () =>
          changeItem({
            id: item.id,
            change: { archived: !item.archived },
            said: item.archived ? "items.unarchived" : "items.archived",
          }),
        true,
      ),
    ];
  }, [
    item,
    ids,
    from,
    views,
    view,
    surface,
    scroller,
    find,
    highlighting,
    toggleAside,
    toggleOutline,
    showView,
    onItem,
    onBack,
    showDialog,
    changeItem,
    updateCopy,
  ]);
  useCommands(commands);
}

/** Going from paragraph to paragraph and from highlight to highlight, with the focus. */
function stepsIn({ root }: Surface, scroller: RefObject<HTMLElement | null>) {
  const edge = () => scroller.current?.getBoundingClientRect().top ?? 0;
  const blocks = () =>
    [...root.querySelectorAll<HTMLElement>(BLOCKS)].filter((block) => !block.querySelector(BLOCKS));
  const block = () => {
    const focused = document.activeElement?.closest<HTMLElement>(BLOCKS);
    return focused && root.contains(focused) ? focused : undefined;
  };
  return {
    block,
    paragraph: (by: 1 | -1) => {
      const all = blocks();
      const now = block();
      const at = now === undefined ? -1 : all.indexOf(now);
      const first = all.findIndex((each) => each.getBoundingClientRect().bottom > edge() + 8);
      const wanted = all[at === -1 ? Math.max(0, first) : at + by];
      if (wanted === undefined) return;
      wanted.tabIndex = -1;
      wanted.focus({ preventScroll: true });
      wanted.scrollIntoView({ block: "nearest" });
    },
    highlight: (by: 1 | -1) => {
      const marks = [...root.querySelectorAll<HTMLElement>("mark[data-highlight]")].filter(
        (mark, index, all) => all[index - 1]?.dataset.highlight !== mark.dataset.highlight,
      );
      const focused = document.activeElement?.closest<HTMLElement>("mark[data-highlight]");
      const at = marks.findIndex((mark) => mark.dataset.highlight === focused?.dataset.highlight);
      const isAhead = (mark: HTMLElement) =>
        by > 0 ? mark.getBoundingClientRect().top >= edge() : mark.getBoundingClientRect().top < edge();
      const wanted = at !== -1 ? marks[at + by] : by > 0 ? marks.find(isAhead) : marks.findLast(isAhead);
      wanted?.scrollIntoView({ block: "nearest" });
      wanted?.focus({ preventScroll: true });
    },
  };
}

/** Escape ends one thing at a time: typing, then a selection. Says whether there was one. */
function leaveLayer(): boolean {
  const typed = document.activeElement?.closest<HTMLElement>("input, textarea");
  const selection = getSelection();
  if (typed) typed.blur();
  else if (selection && !selection.isCollapsed) selection.removeAllRanges();
  else return false;
  return true;
}

/** Space goes on by a page, where it does not press anything. */
function usePageKey(scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== " " || event.defaultPrevented || isTyping(event)) return;
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest(PRESSED)) return;
      event.preventDefault();
      const frame = scroller.current;
      frame?.scrollBy({ top: frame.clientHeight * PAGE_SHARE * (event.shiftKey ? -1 : 1) });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [scroller]);
}
