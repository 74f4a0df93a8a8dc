import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";

export interface MenuEntry {
  id: string;
  label: string;
  icon?: LucideIcon;
  keys?: string;
  tone?: "plain" | "danger";
  run: () => void;
  isDisabled?: boolean;
  /** A line before it. */
  separated?: boolean;
}

/** A button (the child) that opens a menu. */
export function Menu({
  entries,
  label,
  children,
}: {
  entries: MenuEntry[];
  label: string;
  children: ReactElement;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className="min-w-48 rounded-md bg-surface p-1 shadow-popover">
        <AriaMenu aria-label={label} className="max-h-96 overflow-auto outline-none">
          {entries.flatMap((entry) => [
            entry.separated ? (
              <Separator key={`${entry.id}-line`} className="my-1 border-t border-line" />
            ) : null,
            <MenuItem
              key={entry.id}
              id={entry.id}
              textValue={entry.label}
              onAction={entry.run}
              isDisabled={entry.isDisabled ?? false}
              className={`flex items-center gap-2 rounded-sm px-2 py-1.5 text-14 data-[disabled]:opacity-50 data-[focused]:bg-selected ${entry.tone === "danger" ? "text-danger" : ""}`}
            >
              <span className="w-4">{entry.icon ? <entry.icon size={16} aria-hidden /> : null}</span>
              <span className="flex-1">{entry.label}</span>
              {entry.keys ? <kbd className="text-12 text-muted">{entry.keys}</kbd> : null}
            </MenuItem>,
          ])}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
