import { Archive, FolderInput, RotateCcw, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useItemDialog } from "@/components/item-dialogs";
import { Button, IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { t, useWords } from "@/lib/i18n";
import { type BulkRequest, useBulk } from "@/lib/items";
import { bulkFilters, type LibrarySearch } from "../filters";
import { useLibrary } from "../store";

/** What can be done with what is selected. Only deleting for good asks; everything else can be undone. */
export function SelectionBar({
  search,
  trashed,
  total,
}: {
  search: LibrarySearch;
  trashed: boolean;
  total: number;
}) {
  const words = useWords();
  const bulk = useBulk();
  const { selected, allMatching, selectAllMatching, clear } = useLibrary();
  const showDialog = useItemDialog((state) => state.show);
  const [asking, setAsking] = useState(false);
  const target = allMatching ? { filters: bulkFilters(search, trashed) } : { ids: [...selected] };
  const count = allMatching ? total : selected.size;
  const act = (request: Omit<BulkRequest, "ids" | "filters">, said: Parameters<typeof t>[0]) => {
    bulk.mutate({
      request: { ...request, ...target } as BulkRequest,
      said: (done) => t(said, { count: done }),
    });
    clear();
  };
  return (
    <div
      role="toolbar"
      aria-label={words("library.selected", { count })}
      className="flex flex-wrap items-center gap-1 border-b border-line bg-selected px-4 py-1"
    >
      <span className="me-2 text-13 tabular-nums">
        {allMatching ? words("library.selected.all", { count }) : words("library.selected", { count })}
      </span>
      {trashed ? (
        <>
          <Button kind="quiet" icon={RotateCcw} onPress={() => act({ action: "restore" }, "items.restored")}>
            {words("command.item.restore")}
          </Button>
          <Button kind="quiet" icon={Trash2} className="text-danger" onPress={() => setAsking(true)}>
            {words("library.deleteForever")}
          </Button>
        </>
      ) : (
        <>
          <Button kind="quiet" icon={Tag} onPress={() => showDialog({ kind: "tag", target })}>
            {words("command.item.tag")}
          </Button>
          <Button kind="quiet" icon={FolderInput} onPress={() => showDialog({ kind: "move", target })}>
            {words("library.filter.collection")}
          </Button>
          <Button
            kind="quiet"
            icon={Archive}
            onPress={() =>
              search.archived
                ? act({ action: "unarchive" }, "items.unarchived")
                : act({ action: "archive" }, "items.archived")
            }
          >
            {words(search.archived ? "command.item.unarchive" : "command.item.archive")}
          </Button>
          <Button kind="quiet" icon={Trash2} onPress={() => act({ action: "delete" }, "items.trashed")}>
            {words("command.item.trash")}
          </Button>
        </>
      )}
      {!allMatching && selected.size < total ? (
        <Button kind="quiet" className="text-accent" onPress={selectAllMatching}>
          {words("library.selectAll", { count: total })}
        </Button>
      ) : null}
      <IconButton
        icon={X}
        label={words("command.list.clear")}
        keys="Escape"
        className="ms-auto"
        onPress={clear}
      />
      <Dialog
        title={words("library.deleteForever")}
        role="alertdialog"
        isOpen={asking}
        onClose={() => setAsking(false)}
      >
        <p>{words("library.deleteForever.ask", { count })}</p>
        <div className="mt-4 flex justify-end gap-2">
          <Button autoFocus onPress={() => setAsking(false)}>
            {words("action.cancel")}
          </Button>
          <Button
            kind="danger"
            onPress={() => {
              setAsking(false);
              act({ action: "delete", permanent: true }, "items.trashed");
            }}
          >
            {words("library.deleteForever")}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
