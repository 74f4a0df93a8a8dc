/** What the keyboard does in the list. Acts on the selection, else on the focused item. */
import { useEffect, useMemo, useRef } from "react";
import { useItemDialog } from "@/components/item-dialogs";
import { type Command, useCommands } from "@/lib/commands";
import { t } from "@/lib/i18n";
import { type Item, type Target, useBulk, useChangeItem } from "@/lib/items";
import type { ItemWindow } from "./api/use-items";
import { type LibrarySearch, targetOf } from "./filters";
import { selectedCount, useLibrary } from "./store";

export interface ListContext {
  window: ItemWindow;
  search: LibrarySearch;
  trashed: boolean;
  columns: number;
  /** The place of the item that the keyboard is on. */
  focusedIndex: number;
  onSearch: (change: { view?: "cards" | undefined }) => void;
  open: (id: string) => void;
  scrollTo: (index: number) => void;
  /** How many rows fit. */
  pageRows: () => number;
}

/** Gives `focusAt`, which takes the keyboard to a place of the list, loaded or not. */
export function useListCommands(context: ListContext): (index: number) => void {
  const { search, trashed, columns } = context;
  const latest = useRef(context);
  useEffect(() => {
    latest.current = context;
  });
  const { mutateAsync: bulkAsync } = useBulk();
  const changeItem = useChangeItem();
  const showDialog = useItemDialog((state) => state.show);

  const [commands, focusAt] = useMemo(() => {
    const focused = (): Item | undefined => latest.current.window.at(latest.current.focusedIndex);
    const focusAt = (wanted: number) => {
      const index = Math.min(Math.max(wanted, 0), latest.current.window.total - 1);
      const known = latest.current.window.at(index);
      if (known) useLibrary.getState().focus(known.id, index);
      latest.current.scrollTo(index);
      whenShown(
        () => latest.current.window.at(index)?.id,
        (id) => useLibrary.getState().focus(id, index),
      );
    };
    const step = (by: number) => () => focusAt(latest.current.focusedIndex + by);
    const page = (by: number) => () => step(by * Math.max(1, latest.current.pageRows() - 1) * columns)();
    const extend = (by: number) => () => {
      const item = focused();
      const next = latest.current.window.at(latest.current.focusedIndex + by);
      useLibrary.getState().select([item, next].flatMap((each) => (each ? [each.id] : [])));
      step(by)();
    };
    const target = (): { target: Target; count: number } | null => {
      const selection = useLibrary.getState();
      const chosen = targetOf(selection, search, trashed);
      if (chosen !== null)
        return { target: chosen, count: selectedCount(selection, latest.current.window.total) };
      const item = focused();
      return item ? { target: { ids: [item.id] }, count: 1 } : null;
    };
    const ask = (kind: "tag" | "move") => () => {
      const chosen = target();
      if (chosen) showDialog({ kind, ...chosen });
    };
    const act = (action: BulkAction, said: BulkWords) => () => {
      const chosen = target();
      if (chosen === null) return;
      const restore = useLibrary.getState().clear();
      bulkAsync({ request: { action, ...chosen.target }, said: (done) => t(said, { count: done }) }).catch(
        restore,
      );
    };
    const favourite = () => {
      const item = focused();
      if (targetOf(useLibrary.getState(), search, trashed)) return act("favourite", "items.favourited")();
      if (item) changeItem.mutate({ id: item.id, change: { favourite: !item.favourite } });
    };
    const own = (
      id: string,
      title: Command["title"],
      keys: string[],
      run: () => void,
      noRepeat = false,
    ): Command => ({ id, title, keys, run, group: "lists", noRepeat });
    const inTrash = () => [
      own("item.restore", "command.item.restore", ["e"], act("restore", "items.restored"), true),
      own(
        "item.deleteForever",
        "command.item.deleteForever",
        ["Shift+#", "Delete"],
        () => useLibrary.getState().askToDelete(target()),
        true,
      ),
    ];
    const outOfTrash = () => [
      own("item.favourite", "command.item.favourite", ["f"], favourite),
      own("item.tag", "command.item.tag", ["t"], ask("tag")),
      own("item.move", "command.item.move", ["m"], ask("move")),
      own("item.note", "command.item.note", ["n"], () => {
        const item = focused();
        if (item) showDialog({ kind: "note", item });
      }),
      own("item.localOnly", "command.item.localOnly", [], () => {
        const item = focused();
        if (!item) return;
        const local_only = !item.local_only;
        changeItem.mutate({
          id: item.id,
          change: { local_only },
          said: local_only ? "items.localOnly" : "items.anywhere",
        });
      }),
      own("item.retry", "command.item.retry", ["r"], act("retry", "items.retried")),
      search.archived
        ? own("item.archive", "command.item.unarchive", ["e"], act("unarchive", "items.unarchived"), true)
        : own("item.archive", "command.item.archive", ["e"], act("archive", "items.archived"), true),
      own("item.trash", "command.item.trash", ["Shift+#", "Delete"], act("delete", "items.trashed"), true),
    ];
    const across = columns > 1;
    const made = [
      own("list.next", "command.list.next", across ? ["j", "ArrowRight"] : ["j", "ArrowDown"], step(1)),
      own("list.previous", "command.list.previous", across ? ["k", "ArrowLeft"] : ["k", "ArrowUp"], step(-1)),
      ...(across
        ? [
            own("list.below", "command.list.below", ["ArrowDown"], step(columns)),
            own("list.above", "command.list.above", ["ArrowUp"], step(-columns)),
          ]
        : []),
      own("list.pageDown", "command.list.pageDown", ["PageDown"], page(1)),
      own("list.pageUp", "command.list.pageUp", ["PageUp"], page(-1)),
      own("list.first", "command.list.first", ["Home"], () => focusAt(0)),
      own("list.last", "command.list.last", ["End"], () => focusAt(latest.current.window.total - 1)),
      own("list.extend", "command.list.extend", ["Shift+J", "Shift+ArrowDown"], extend(1)),
      own("list.extendBack", "command.list.extendBack", ["Shift+K", "Shift+ArrowUp"], extend(-1)),
      own("list.all", "command.list.all", ["$mod+a"], () => useLibrary.getState().selectAllMatching()),
      own("list.clear", "command.list.clear", ["Escape"], () => useLibrary.getState().clear()),
      own("list.view", "command.list.view", ["v"], () =>
        latest.current.onSearch({ view: search.view === "cards" ? undefined : "cards" }),
      ),
      own("list.menu", "command.item.menu", ["Shift+F10"], () => {
        const item = focused();
        const row = item && document.querySelector(`[data-item="${CSS.escape(item.id)}"]`);
        const place = row?.getBoundingClientRect();
        if (item && place)
          useLibrary.getState().showMenu({ id: item.id, x: place.left + 48, y: place.top + 32 });
      }),
      own("item.open", "command.item.open", ["Enter"], () => {
        const item = focused();
        if (item) latest.current.open(item.id);
      }),
      own("item.original", "command.item.original", ["o"], () => {
        const url = focused()?.url;
        if (url) globalThis.open(url, "_blank", "noopener,noreferrer");
      }),
      own("item.select", "command.item.select", ["x"], () => {
        const item = focused();
        if (item) useLibrary.getState().toggle(item.id, latest.current.focusedIndex);
      }),
      ...(trashed ? inTrash() : outOfTrash()),
    ];
    return [made, focusAt] as const;
  }, [search, trashed, columns, bulkAsync, changeItem.mutate, showDialog]);
  useCommands(commands);
  return focusAt;
}

type BulkAction = "retry" | "restore" | "archive" | "unarchive" | "delete" | "favourite";
type BulkWords =
  | "items.retried"
  | "items.restored"
  | "items.archived"
  | "items.unarchived"
  | "items.trashed"
  | "items.favourited";

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
