import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Paperclip } from "lucide-react";
import { Checkbox, FileTrigger } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { api, unwrap } from "@/lib/api";
import { fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { meaningOf, saveFiles, saveItem } from "@/lib/saving";
import { clearDraft, useDraft } from "../draft";

const NONE = "none";

export function CaptureDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={words("capture.title")} isOpen={isOpen} onClose={onClose} placement="top">
      <CaptureForm onDone={onClose} />
    </Dialog>
  );
}

/** One field takes a link, a text or files. Enter saves and closes at once: the answer comes as a notice. */
export function CaptureForm({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const { text, tags, note, collection, localOnly } = useDraft();
  const collections = useQuery({
    queryKey: ["collections"],
    queryFn: () => unwrap(api.GET("/api/collections", { params: { query: { limit: 200 } } })),
  });
  const submit = () => {
    if (!text.trim()) return;
    void saveItem({
      ...meaningOf(text),
      tags: tags
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
      note: note || null,
      collection_id: collection,
      local_only: localOnly,
    });
    clearDraft();
    onDone();
  };
  const plain = (collections.data?.items ?? []).filter((each) => each.query === null);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label={words("capture.what")}
        placeholder={words("capture.placeholder")}
        value={text}
        onChange={(text) => useDraft.setState({ text })}
        rows={3}
        autoFocus
        onKeyDown={(event) => {
          const oneLine = !text.includes("\n");
          if (event.key === "Enter" && !event.shiftKey && (oneLine || event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            submit();
          } else {
            // Escape is the dialog's.
            event.continuePropagation();
          }
        }}
      />
      <AlreadySaved text={text} onOpen={onDone} />
      <TextField
        label={words("capture.tags")}
        value={tags}
        onChange={(tags) => useDraft.setState({ tags })}
      />
      <TextField
        label={words("capture.note")}
        value={note}
        onChange={(note) => useDraft.setState({ note })}
      />
      {plain.length > 0 ? (
        <Select
          label={words("capture.collection")}
          value={collection ?? NONE}
          onChange={(chosen) => useDraft.setState({ collection: chosen === NONE ? null : chosen })}
          options={[
            { value: NONE, label: words("library.move.none") },
            ...plain.map((each) => ({ value: each.id, label: each.name })),
          ]}
        />
      ) : null}
      <Checkbox
        isSelected={localOnly}
        onChange={(localOnly) => useDraft.setState({ localOnly })}
        className="group flex items-center gap-2 py-1"
      >
        <span
          aria-hidden
          className="flex size-4 items-center justify-center rounded-sm border border-control text-12 group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-on-accent"
        >
          {localOnly ? "✓" : ""}
        </span>
        {words("capture.localOnly")}
      </Checkbox>
      <div className="flex justify-between gap-2">
        <FileTrigger
          allowsMultiple
          onSelect={(files) => {
            if (files === null) return;
            void saveFiles([...files]);
            onDone();
          }}
        >
          <Button icon={Paperclip}>{words("capture.files")}</Button>
        </FileTrigger>
        <Button kind="primary" type="submit" isDisabled={!text.trim()}>
          {words("capture.save")}
        </Button>
      </div>
    </form>
  );
}

/** Says so while one still types, when the address is in the library already. */
function AlreadySaved({ text, onOpen }: { text: string; onOpen: () => void }) {
  const words = useWords();
  const { url } = meaningOf(text);
  const lookup = useQuery({
    queryKey: ["lookup", url],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items/lookup", { params: { query: { url: url ?? "" } }, signal })),
    enabled: url !== undefined && url !== null,
    staleTime: 0,
  });
  if (!lookup.data?.saved || !lookup.data.item_id) return null;
  return (
    <p role="status" className="flex items-center gap-2 text-13 text-muted">
      {words("capture.alreadySaved", { when: lookup.data.saved_at ? fromNow(lookup.data.saved_at) : "" })}
      <Link to={`/item/${lookup.data.item_id}` as string} onClick={onOpen}>
        {words("capture.open")}
      </Link>
    </p>
  );
}
