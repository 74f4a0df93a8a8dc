import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { t, useWords } from "@/lib/i18n";
import { useBulk } from "@/lib/items";
import { type Asking, useLibrary } from "../store";

/** Asks before items of the trash are deleted: the only thing here that cannot be undone. */
export function DeleteForGood({ asking: { target, count } }: { asking: Asking }) {
  const words = useWords();
  const bulk = useBulk();
  const { askToDelete, clear } = useLibrary.getState();
  return (
    <Dialog
      title={words("library.deleteForever")}
      role="alertdialog"
      isOpen
      onClose={() => askToDelete(null)}
    >
      <p>{words("library.deleteForever.ask", { count })}</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button autoFocus onPress={() => askToDelete(null)}>
          {words("action.cancel")}
        </Button>
        <Button
          kind="danger"
          onPress={() => {
            askToDelete(null);
            clear();
            bulk.mutate({
              // What has come since it was counted is not meant.
              request: { action: "delete", permanent: true, at_most: count, ...target },
              said: (done) => t("items.deleted", { count: done }),
            });
          }}
        >
          {words("library.deleteForever")}
        </Button>
      </div>
    </Dialog>
  );
}
