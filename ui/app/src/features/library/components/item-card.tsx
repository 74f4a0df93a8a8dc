import { shortDate } from "@/lib/format";
import { Facts, type ItemProps, Marks, MoreButton, SelectBox } from "./item-parts";

/** One card: title, the beginning or summary, tags, facts. All cards have the same height. */
export function ItemCard({
  item,
  index,
  isFocused,
  isSelected,
  onToggle,
  onOpen,
  onFocus,
  onMenu,
}: ItemProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual grid; a table would need every row in the document
    <div
      role="row"
      tabIndex={isFocused ? 0 : -1}
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      data-item={item.id}
      onClick={(event) => (event.shiftKey || event.ctrlKey || event.metaKey ? onToggle(event) : onOpen())}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.target !== event.currentTarget) return;
        event.stopPropagation();
        onOpen();
      }}
      onFocus={onFocus}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ x: event.clientX, y: event.clientY });
      }}
      className={`group flex h-44 flex-col gap-1.5 rounded-md border p-3 ${isSelected ? "border-accent bg-selected" : "border-line bg-surface hover:border-control"}`}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the row has the focus, its cells do not */}
      <div role="gridcell" className="flex min-h-0 flex-1 flex-col gap-1.5">
        <div className="flex items-start gap-2">
          <span className="-ms-1 -mt-0.5">
            <SelectBox item={item} isSelected={isSelected} onToggle={onToggle} />
          </span>
          <span className="line-clamp-2 flex-1 font-medium" dir="auto">
            {item.title}
          </span>
          <span className="mt-0.5 flex gap-1">
            <Marks item={item} />
          </span>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: keeps the button's press from opening the item */}
          <span
            className="-my-1.5 -me-2"
            onClick={(event) => event.stopPropagation()}
            onKeyDown={() => undefined}
          >
            <MoreButton onMenu={onMenu} />
          </span>
        </div>
        <p className="mb-auto line-clamp-3 text-13 text-muted" dir="auto">
          {item.summary ?? item.excerpt}
        </p>
        <div className="truncate text-12 text-muted">{item.tags.map((tag) => `#${tag.name}`).join(" ")}</div>
        <div className="flex items-center gap-2 text-12 text-muted">
          <Facts item={item} />
          <span className="ms-auto shrink-0 tabular-nums">
            {shortDate(item.deleted_at ?? item.created_at)}
          </span>
        </div>
      </div>
    </div>
  );
}
