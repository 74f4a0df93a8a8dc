import { Archive, CheckCheck, FolderInput, type LucideIcon, RotateCcw, Tag, Trash2, X } from "lucide-react";
import { useItemDialog } from "@/components/item-dialogs";
import { Button, IconButton } from "@/components/ui/button";
import { t, useWords } from "@/lib/i18n";
import { type BulkRequest, useBulk } from "@/lib/items";
import { type LibrarySearch, targetOf } from "../filters";
import { selectedCount, useLibrary } from "../store";

interface SelectionBarProps {
  search: LibrarySearch;
  trashed: boolean;
  total: number;
}

/** What can be done with what is selected. Below the list, of one line: it moves nothing when it comes. */
export function SelectionBar({ search, trashed, total }: SelectionBarProps) {
  const words = useWords();
  const bulk = useBulk();
  const { selected, allBut, selectAllMatching, clear, askToDelete } = useLibrary();
  const showDialog = useItemDialog((state) => state.show);
  const count = selectedCount({ selected, allBut }, total);
  const target = targetOf({ selected, allBut }, search, trashed);
  if (target === null) return null;
  const act = (action: BulkRequest["action"], said: Parameters<typeof t>[0]) => () => {
    const restore = clear();
    bulk
      .mutateAsync({ request: { action, ...target }, said: (done) => t(said, { count: done }) })
      .catch(restore);
  };
  const isAll = allBut !== null && allBut.size === 0;
  return (
    <div
      role="toolbar"
      aria-label={words("library.selected", { count })}
      data-selection-bar
      className="flex items-center gap-1 border-t border-line bg-selected px-4 py-1 max-medium:px-2"
    >
      <span className="me-2 truncate text-13 tabular-nums">
        {words(isAll ? "library.selected.all" : "library.selected", { count })}
      </span>
      {trashed ? (
        <>
          <Action
            icon={RotateCcw}
            label={words("command.item.restore")}
            run={act("restore", "items.restored")}
          />
          <Action
            icon={Trash2}
            label={words("library.deleteForever")}
            className="text-danger!"
            run={() => askToDelete({ target, count })}
          />
        </>
      ) : (
        <>
          <Action
            icon={Tag}
            label={words("command.item.tag")}
            run={() => showDialog({ kind: "tag", target, count })}
          />
          <Action
            icon={FolderInput}
            label={words("library.filter.collection")}
            run={() => showDialog({ kind: "move", target, count })}
          />
          <Action
            icon={Archive}
            label={words(search.archived ? "command.item.unarchive" : "command.item.archive")}
            run={search.archived ? act("unarchive", "items.unarchived") : act("archive", "items.archived")}
          />
          <Action icon={Trash2} label={words("command.item.trash")} run={act("delete", "items.trashed")} />
        </>
      )}
      {isAll || count === total ? null : (
        <Action
          icon={CheckCheck}
          label={words("library.selectAll", { count: total })}
          className="text-accent!"
          run={selectAllMatching}
        />
      )}
      <IconButton
        icon={X}
        label={words("command.list.clear")}
        keys="Escape"
        className="ms-auto"
        onPress={clear}
      />
    </div>
  );
}

interface ActionProps {
  icon: LucideIcon;
  label: string;
  run: () => void;
  className?: string;
}

/** A button with its name; where there is little room the name is only spoken. */
function Action({ icon, label, run, className }: ActionProps) {
  return (
    <Button kind="quiet" icon={icon} onPress={run} className={`max-medium:px-2.5 ${className ?? ""}`}>
      <span className="max-medium:sr-only">{label}</span>
    </Button>
  );
}
