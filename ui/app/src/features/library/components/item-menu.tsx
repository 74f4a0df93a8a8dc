import { useRef } from "react";
import { Menu, MenuItem, Popover } from "react-aria-components";
import { type Command, useOfferedCommands } from "@/lib/commands";
import { type MessageId, useWords } from "@/lib/i18n";
import type { Item } from "@/lib/items";
import { shownKeys } from "@/lib/keys";
import { useLibrary } from "../store";

/** Everything that can be done with an item or, with `count`, those selected: by pointer, `Shift+F10` or its button. */
export function ItemMenu({ item, count }: { item: Item | undefined; count: number }) {
  const words = useWords();
  const menu = useLibrary((state) => state.menu);
  const showMenu = useLibrary((state) => state.showMenu);
  const commands = useOfferedCommands();
  const place = useRef<HTMLDivElement>(null);
  const offered = item ? commands.filter((command) => fits(command, item, count > 1)) : [];
  return (
    <>
      <div ref={place} className="fixed" style={{ left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
      <Popover
        triggerRef={place}
        isOpen={menu !== null && item !== undefined}
        onOpenChange={(open) => !open && showMenu(null)}
        placement="bottom start"
        className="min-w-60 rounded-md bg-surface shadow-popover"
      >
        {count > 1 ? (
          <p className="px-3 pt-2 text-12 text-muted">{words("library.selected", { count })}</p>
        ) : null}
        <Menu
          autoFocus="first"
          aria-label={words("action.more")}
          className="max-h-[70vh] overflow-auto p-1 outline-none"
          onClose={() => showMenu(null)}
        >
          {offered.map((command) => (
            <MenuItem
              key={command.id}
              id={command.id}
              textValue={words(titleOf(command, item, count > 1))}
              onAction={command.run}
              className="flex items-center justify-between gap-4 rounded-sm px-2 py-1.5 text-14 focus-visible:-outline-offset-2 data-[focused]:bg-selected"
            >
              {words(titleOf(command, item, count > 1))}
              {command.keys?.[0] ? (
                <kbd className="text-12 text-muted">{shownKeys(command.keys[0])}</kbd>
              ) : null}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </>
  );
}

const OF_ONE = ["item.open", "item.original", "item.note", "item.localOnly"];

function fits({ id }: Command, item: Item, many: boolean): boolean {
  if (!id.startsWith("item.") || (many && OF_ONE.includes(id))) return false;
  if (id === "item.original") return item.url !== null;
  if (id === "item.retry") return many || item.status === "failed" || item.status === "waiting";
  return true;
}

/** What a command will do to this item, where it goes to and fro. */
function titleOf({ id, title }: Command, item: Item | undefined, many: boolean): MessageId {
  if (id === "item.favourite")
    return item?.favourite && !many ? "command.item.unfavourite" : "command.item.makeFavourite";
  if (id === "item.localOnly") return item?.local_only ? "command.item.anywhere" : "command.item.keepHere";
  return title;
}
