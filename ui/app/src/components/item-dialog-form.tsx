/** The forms of tagging, moving and noting. Loaded when the first view stands: nobody begins with them. */
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useCollections } from "@/lib/collections";
import { t, useWords } from "@/lib/i18n";
import { type Item, type Target, useBulk, useChangeItem } from "@/lib/items";
import { DraftDialog } from "./draft-dialog";
import type { Shown } from "./item-dialogs";

interface ItemDialogFormProps {
  shown: Shown;
  onClose: () => void;
}

export function ItemDialogForm({ shown, onClose }: ItemDialogFormProps) {
  if (shown.kind === "note") return <NoteDialog item={shown.item} onClose={onClose} />;
  const Form = shown.kind === "tag" ? TagDialog : MoveDialog;
  const count = shown.count ?? shown.target.ids?.length ?? 1;
  return <Form target={shown.target} count={count} onClose={onClose} />;
}

interface TargetProps {
  target: Target;
  count: number;
  onClose: () => void;
}

function TagDialog({ target, count, onClose }: TargetProps) {
  const words = useWords();
  const bulk = useBulk();
  const [text, setText] = useState("");
  const tags = text
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  const apply = (action: "tag" | "untag") => {
    if (tags.length === 0) return;
    const said = action === "tag" ? "items.tagged" : "items.untagged";
    bulk.mutate(
      { request: { action, tags, ...target }, said: (done) => t(said, { count: done }) },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog title={words("library.tag.title", { count })} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          apply("tag");
        }}
      >
        <TextField label={words("library.tag.label")} value={text} onChange={setText} autoFocus />
        <div className="flex justify-end gap-2">
          <Button onPress={() => apply("untag")}>{words("library.tag.remove")}</Button>
          <Button kind="primary" type="submit">
            {words("library.tag.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const NONE = "none";

function MoveDialog({ target, count, onClose }: TargetProps) {
  const words = useWords();
  const bulk = useBulk();
  const collections = useCollections();
  const [chosen, setChosen] = useState(NONE);
  const plain = (collections.data?.items ?? []).filter((collection) => collection.query === null);
  return (
    <Dialog title={words("library.move.title", { count })} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          bulk.mutate(
            {
              request: { action: "move", collection_id: chosen === NONE ? null : chosen, ...target },
              said: (done) => t("items.moved", { count: done }),
            },
            { onSuccess: onClose },
          );
        }}
      >
        <Select
          label={words("library.filter.collection")}
          value={chosen}
          onChange={setChosen}
          options={[
            { value: NONE, label: words("library.move.none") },
            ...plain.map((collection) => ({ value: collection.id, label: collection.name })),
          ]}
        />
        <Button kind="primary" type="submit" className="self-end">
          {words("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}

function NoteDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const words = useWords();
  const { mutateAsync } = useChangeItem();
  return (
    <DraftDialog
      title={item.title}
      draft={`note:${item.id}`}
      stored={item.note ?? ""}
      onSave={(note) => mutateAsync({ id: item.id, change: { note } })}
      onClose={onClose}
    >
      {(note, set) => (
        <TextField label={words("library.note.title")} value={note} onChange={set} rows={6} autoFocus />
      )}
    </DraftDialog>
  );
}
