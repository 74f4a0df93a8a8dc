import { Paperclip } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Checkbox, FileTrigger } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useCollections } from "@/lib/collections";
import { useWords } from "@/lib/i18n";
import type { Outcome } from "@/lib/saving";
import { openForm, storeDraft, storeFiles, useDraft } from "../draft";
import { AlreadySaved } from "./already-saved";

const NONE = "none";

interface CaptureFormProps {
  /** What was typed is on its way. */
  onSaving: (outcome: Promise<Outcome>) => void;
  /** Files were chosen, and are on their way. */
  onFiles?: () => void;
  /** The item that is saved already is about to be opened. */
  onOpen?: () => void;
  /** For the small window: the same fields, closer together. */
  isCompact?: boolean;
  /** What became of the last one, under the field. */
  status?: ReactNode;
}

/** One field takes a link or a text, and a button files. Enter saves. */
export function CaptureForm({ onSaving, onFiles, onOpen, isCompact = false, status }: CaptureFormProps) {
  const words = useWords();
  const { text, tags, note, collection, localOnly } = useDraft();
  const collections = useCollections();
  useEffect(() => openForm(), []);
  const submit = () => {
    if (text.trim()) onSaving(storeDraft());
  };
  const plain = (collections.data?.items ?? []).filter((each) => each.query === null);
  return (
    <form
      className={isCompact ? "flex flex-1 flex-col gap-1.5" : "flex flex-col gap-3"}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label={words("capture.what")}
        labelHidden={isCompact}
        placeholder={words("capture.placeholder")}
        value={text}
        onChange={(text) => useDraft.setState({ text })}
        rows={isCompact ? 2 : 3}
        autoFocus
        onKeyDown={(event) => {
          const oneLine = !text.includes("\n");
          if (event.key === "Enter" && !event.shiftKey && (oneLine || event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            submit();
          } else {
            // Escape is the dialog's, or the window's.
            event.continuePropagation();
          }
        }}
      />
      {status}
      <AlreadySaved text={text} onOpen={() => onOpen?.()} />
      <div className={isCompact ? "flex flex-wrap gap-x-2 gap-y-1.5 *:flex-1 *:last:basis-full" : "contents"}>
        <TextField
          label={words("capture.tags")}
          value={tags}
          onChange={(tags) => useDraft.setState({ tags })}
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
        <TextField
          label={words("capture.note")}
          // The small window has no room for one more line once it is said that this is saved already.
          labelHidden={isCompact}
          {...(isCompact ? { placeholder: words("capture.note") } : {})}
          value={note}
          onChange={(note) => useDraft.setState({ note })}
        />
      </div>
      {isCompact ? null : <LocalOnly isOn={localOnly} />}
      <div className="mt-auto flex items-center justify-between gap-2">
        <FileTrigger
          allowsMultiple
          onSelect={(files) => {
            if (files === null) return;
            void storeFiles([...files]);
            onFiles?.();
          }}
        >
          <Button icon={Paperclip}>{words("capture.files")}</Button>
        </FileTrigger>
        {isCompact ? <LocalOnly isOn={localOnly} /> : null}
        <Button kind="primary" type="submit" isDisabled={!text.trim()}>
          {words("capture.save")}
        </Button>
      </div>
    </form>
  );
}

function LocalOnly({ isOn }: { isOn: boolean }) {
  const words = useWords();
  return (
    <Checkbox
      isSelected={isOn}
      onChange={(localOnly) => useDraft.setState({ localOnly })}
      className="group flex items-center gap-2 py-1"
    >
      <span
        aria-hidden
        className="flex size-4 items-center justify-center rounded-sm border border-control text-12 group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-on-accent"
      >
        {isOn ? "✓" : ""}
      </span>
      {words("capture.localOnly")}
    </Checkbox>
  );
}
