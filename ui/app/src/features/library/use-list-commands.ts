/** What the keyboard does in the list. Acts on the selection, else on the focused item. */
import { useMemo } from "react";
import { useItemDialog } from "@/components/item-dialogs";
import { type Command, useCommands } from "@/lib/commands";
import { t } from "@/lib/i18n";
import { type Item, useBulk, useChangeItem } from "@/lib/items";
import type { ItemWindow } from "./api/use-items";
import { bulkFilters, type LibrarySearch } from "./filters";
import { useLibrary } from "./store";

interface ListContext {
  window: ItemWindow;
  search: LibrarySearch;
  trashed: boolean;
  columns: number;
  onSearch: (change: { view?: "cards" | undefined }) => void;
  open: (id: string) => void;
  scrollTo: (index: number) => void;
}

export function useListCommands(context: ListContext): void {
  const { search, trashed } = context;
  const bulk = useBulk();
  const changeItem = useChangeItem();
  const showDialog = useItemDialog((state) => state.show);

  const commands = useMemo(() => {
    const { window, columns, onSearch, open, scrollTo } = context;
    const indexOf = (id: string | null) => {
      for (let index = 0; index < window.total; index += 1) {
        const item = window.at(index);
        if (item?.id === id) return index;
        if (item === undefined && index > FAR) return -1;
      }
      return -1;
    };
    const focused = (): Item | undefined => {
      const { focused: id } = useLibrary.getState();
      return window.at(Math.max(0, indexOf(id)));
    };
    const focusAt = (wanted: number) => {
      const index = Math.min(Math.max(wanted, 0), window.total - 1);
      scrollTo(index);
      whenShown(
        () => window.at(index)?.id,
        (id) => useLibrary.getState().focus(id),
      );
    };
    const step = (by: number) => () => focusAt(indexOf(useLibrary.getState().focused) + by);
    const extend = (by: number) => () => {
      const item = focused();
      if (item) useLibrary.getState().select([item.id]);
      const next = window.at(indexOf(item?.id ?? null) + by);
      if (next) useLibrary.getState().select([next.id]);
      step(by)();
    };
    const target = (): { ids: string[] } | { filters: ReturnType<typeof bulkFilters> } => {
      const { selected, allMatching } = useLibrary.getState();
      if (allMatching) return { filters: bulkFilters(search, trashed) };
      const item = focused();
      return { ids: selected.size > 0 ? [...selected] : item ? [item.id] : [] };
    };
    const act = (action: BulkAction, said: BulkWords) => () => {
      const request = { action, ...target() };
      if ("ids" in request && request.ids.length === 0) return;
      bulk.mutate({ request, said: (done) => t(said, { count: done }) });
      useLibrary.getState().clear();
    };
    const own = (
      id: string,
      title: Command["title"],
      keys: string[],
      run: () => void,
      noRepeat = false,
    ): Command => ({
      id,
      title,
      keys,
      run,
      group: "lists",
      noRepeat,
    });
    return [
      own("list.next", "command.list.next", columns > 1 ? ["j", "ArrowRight"] : ["j", "ArrowDown"], step(1)),
      own(
        "list.previous",
        "command.list.previous",
        columns > 1 ? ["k", "ArrowLeft"] : ["k", "ArrowUp"],
        step(-1),
      ),
      own("list.first", "command.list.first", ["Home"], () => focusAt(0)),
      own("list.last", "command.list.last", ["End"], () => focusAt(window.total - 1)),
      own("list.extend", "command.item.select", ["Shift+J"], extend(1)),
      own("list.extendBack", "command.item.select", ["Shift+K"], extend(-1)),
      own("list.all", "command.list.all", ["$mod+a"], () => useLibrary.getState().selectAllMatching()),
      own("list.clear", "command.list.clear", ["Escape"], () => useLibrary.getState().clear()),
      own("list.view", "command.list.view", ["v"], () =>
        onSearch({ view: search.view === "cards" ? undefined : "cards" }),
      ),
      own("item.select", "command.item.select", ["x"], () => {
        const item = focused();
        if (item) useLibrary.getState().toggle(item.id, indexOf(item.id));
      }),
      own("item.open", "command.item.open", ["Enter"], () => {
        const item = focused();
        if (item) open(item.id);
      }),
      own("item.original", "command.item.original", ["o"], () => {
        const url = focused()?.url;
        if (url) globalThis.open(url, "_blank", "noopener,noreferrer");
      }),
      own("item.favourite", "command.item.favourite", ["f"], () => {
        const item = focused();
        if (item) changeItem.mutate({ id: item.id, change: { favourite: !item.favourite } });
      }),
      own("item.tag", "command.item.tag", ["t"], () => showDialog({ kind: "tag", target: target() })),
      own("item.move", "command.item.move", ["m"], () => showDialog({ kind: "move", target: target() })),
      own("item.note", "command.item.note", ["n"], () => {
        const item = focused();
        if (item) showDialog({ kind: "note", item });
      }),
      own("item.retry", "command.item.retry", ["r"], act("retry", "items.retried")),
      ...(trashed
        ? [own("item.restore", "command.item.restore", ["e"], act("restore", "items.restored"), true)]
        : [
            own(
              "item.archive",
              search.archived ? "command.item.unarchive" : "command.item.archive",
              ["e"],
              search.archived ? act("unarchive", "items.unarchived") : act("archive", "items.archived"),
              true,
            ),
            own(
              "item.trash",
              "command.item.trash",
              ["Shift+#", "Delete"],
              act("delete", "items.trashed"),
              true,
            ),
          ]),
    ];
  }, [context, search, trashed, bulk.mutate, changeItem.mutate, showDialog]);
  useCommands(commands);
}

const FAR = 2_000;
type BulkAction = "retry" | "restore" | "archive" | "unarchive" | "delete";
type BulkWords = "items.retried" | "items.restored" | "items.archived" | "items.unarchived" | "items.trashed";

/** Do something with a row once it is in the document, at the latest two seconds from now. */
function whenShown(
  id: () => string | undefined,
  then: (id: string) => void,
  until = performance.now() + 2_000,
): void {
  requestAnimationFrame(() => {
    const found = id();
    const row =
      found === undefined ? null : document.querySelector<HTMLElement>(`[data-item="${CSS.escape(found)}"]`);
    if (found !== undefined && row !== null) {
      then(found);
      row.focus({ preventScroll: true });
    } else if (performance.now() < until) {
      whenShown(id, then, until);
    }
  });
}
