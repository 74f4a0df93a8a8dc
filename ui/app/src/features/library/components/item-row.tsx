import { shortDate } from "@/lib/format";
import { Facts, type ItemProps, Marks, MoreButton, SelectBox } from "./item-parts";

/** One line of the list: title and marks above, where it is from and how far it is below. */
export function ItemRow({
  item,
  index,
  isFocused,
  isSelected,
  onToggle,
  onOpen,
  onFocus,
  onMenu,
}: ItemProps) {
  const date = shortDate(item.deleted_at ?? item.created_at);
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
      className={`group flex h-full items-center gap-3 border-b border-line px-4 focus-visible:-outline-offset-2 ${isSelected ? "bg-selected" : "hover:bg-surface"}`}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the row has the focus, its cells do not */}
      <div role="gridcell" className="flex">
        <SelectBox item={item} isSelected={isSelected} onToggle={onToggle} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      <div role="gridcell" className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <span className="truncate font-medium" dir="auto">
            {item.title}
          </span>
          <Marks item={item} />
        </div>
        <div
          // What is amiss or under way is told however little room there is.
          className={`mt-0.5 flex items-center gap-x-2 truncate text-12 text-muted ${item.status === "ready" ? "in-data-[density=compact]:hidden" : "in-data-[density=compact]:mt-0"}`}
        >
          <Facts item={item} />
          <span className="ms-auto shrink-0 tabular-nums medium:hidden">{date}</span>
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      <div role="gridcell" className="hidden max-w-48 shrink-0 truncate text-12 text-muted medium:block">
        {item.tags.slice(0, 2).map((tag) => (
          <span key={tag.name} className="ms-2">
            #{tag.name}
          </span>
        ))}
        {item.tags.length > 2 ? <span className="ms-2">+{item.tags.length - 2}</span> : null}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      <div
        role="gridcell"
        // Where there is little room it stands below the title, unless that is all there is of the row.
        className="hidden w-20 shrink-0 whitespace-nowrap text-end text-12 text-muted tabular-nums in-data-[density=compact]:block medium:block"
      >
        {date}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above */}
      <div
        role="gridcell"
        className="-me-2"
        onClick={(event) => event.stopPropagation()}
        onKeyDown={() => undefined}
      >
        <MoreButton onMenu={onMenu} />
      </div>
    </div>
  );
}
