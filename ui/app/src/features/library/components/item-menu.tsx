import { useRef } from "react";
import { Menu, MenuItem, Popover } from "react-aria-components";
import { type Command, useOfferedCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { Item } from "@/lib/items";
import { shownKeys } from "@/lib/keys";
import { useLibrary } from "../store";

/** Everything that can be done with an item, by pointer, `Shift+F10` or the button of its row: the commands themselves. */
export function ItemMenu({ item }: { item: Item | undefined }) {
  const words = useWords();
  const menu = useLibrary((state) => state.menu);
  const showMenu = useLibrary((state) => state.showMenu);
  const selected = useLibrary((state) => state.selected.size);
  const commands = useOfferedCommands();
  const place = useRef<HTMLDivElement>(null);
  const offered = item ? commands.filter((command) => fits(command, item, selected > 1)) : [];
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
        {selected > 1 ? (
          <p className="px-3 pt-2 text-12 text-muted">{words("library.selected", { count: selected })}</p>
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
              textValue={words(command.title)}
              onAction={command.run}
              className="flex items-center justify-between gap-4 rounded-sm px-2 py-1.5 text-14 focus-visible:-outline-offset-2 data-[focused]:bg-selected"
            >
              {words(command.title)}
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
