/** What rows and cards are made of. */
import {
  Archive,
  Bookmark,
  File as FileIcon,
  FileText,
  Globe,
  Lock,
  type LucideIcon,
  MoreHorizontal,
  NotebookPen,
  Play,
  Star,
} from "lucide-react";
import { useRef } from "react";
import { Button, Checkbox } from "react-aria-components";
import { type MessageId, useWords } from "@/lib/i18n";
import type { Item } from "@/lib/items";
import { Tick } from "./tick";

const KIND_ICONS: Record<Item["kind"], LucideIcon> = {
  article: Globe,
  note: NotebookPen,
  pdf: FileText,
  bookmark: Bookmark,
  video: Play,
  file: FileIcon,
};

export interface ItemProps {
  item: Item;
  index: number;
  isFocused: boolean;
  isSelected: boolean;
  onToggle: (event: { shiftKey: boolean }) => void;
  onOpen: () => void;
  onFocus: () => void;
  onMenu: (place: { x: number; y: number }) => void;
}

/** The box that selects; until somebody points at it, what kind of item it is. */
export function SelectBox({
  item,
  isSelected,
  onToggle,
}: Pick<ItemProps, "item" | "isSelected" | "onToggle">) {
  const words = useWords();
  const shift = useRef(false);
  const Icon = KIND_ICONS[item.kind];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps a press of the box from opening the item
    <span
      className="flex"
      onClickCapture={(event) => {
        shift.current = event.shiftKey || (shift.current && event.detail === 0);
      }}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={() => undefined}
    >
      <Checkbox
        isSelected={isSelected}
        onChange={() => onToggle({ shiftKey: shift.current })}
        excludeFromTabOrder
        aria-label={words("library.select", { title: item.title })}
        className="group/tick flex size-6 items-center justify-center"
      >
        {({ isSelected: ticked }) => (
          <Tick isOn={ticked} idle={<Icon size={16} aria-hidden className="text-muted" />} />
        )}
      </Checkbox>
    </span>
  );
}

/** Whether it is a favourite, stays on this device, is archived. */
export function Marks({ item }: { item: Item }) {
  const words = useWords();
  return (
    <>
      {item.favourite ? (
        <Star size={14} aria-label={words("library.favourite")} className="shrink-0 fill-current text-warn" />
      ) : null}
      {item.local_only ? (
        <Lock size={14} aria-label={words("items.localOnly")} className="shrink-0 text-muted" />
      ) : null}
      {item.archived ? (
        <Archive size={14} aria-label={words("library.filter.archived")} className="shrink-0 text-muted" />
      ) : null}
    </>
  );
}

/** Opens the item's menu; seen while the row is pointed at or has the focus, and always where nothing points. */
export function MoreButton({ onMenu }: Pick<ItemProps, "onMenu">) {
  const words = useWords();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <Button
      ref={button}
      excludeFromTabOrder
      aria-label={words("action.more")}
      onPress={() => {
        const box = button.current?.getBoundingClientRect();
        if (box) onMenu({ x: box.left, y: box.bottom });
      }}
      className="inline-flex size-8 items-center justify-center rounded-sm text-muted opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[hovered]:bg-selected data-[hovered]:text-text pointer-coarse:opacity-100"
    >
      <MoreHorizontal size={16} aria-hidden />
    </Button>
  );
}

/** Where it is from, how long it takes, how far it was read; or how its processing goes. */
export function Facts({ item }: { item: Item }) {
  const words = useWords();
  if (item.status === "failed")
    return (
      <span className="truncate text-danger">{item.error?.message ?? words("library.status.failed")}</span>
    );
  const facts = [
    item.site_name ?? (item.url ? new URL(item.url).hostname : null),
    item.author,
    item.reading_minutes > 0 ? words("library.minutes", { minutes: item.reading_minutes }) : null,
    item.read_progress > 0 ? words("library.read", { percent: Math.round(item.read_progress * 100) }) : null,
  ].filter((fact) => fact !== null);
  return (
    <>
      {facts.length > 0 ? <span className="truncate">{facts.join(" · ")}</span> : null}
      {item.status === "processing" && item.stage ? (
        <span className="shrink-0 text-accent">
          {words("library.progress", {
            stage: words(`library.stage.${item.stage}` as MessageId),
            percent: Math.round(item.progress * 100),
          })}
        </span>
      ) : null}
      {item.status === "pending" || item.status === "waiting" ? (
        <span className="truncate text-warn">
          {item.error?.message ?? words(`library.status.${item.status}`)}
        </span>
      ) : null}
    </>
  );
}
