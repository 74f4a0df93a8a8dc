import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { tellProblem } from "@/lib/undo";
import { previewRename, type Tag, useOrganise } from "../api";

interface RenameTagProps {
  tag: Tag;
  /** With the name that it has now. */
  onClose: (name: string) => void;
}

/** A new name, in the tag's own row; where that is another tag's, it says what merging would do before it does. */
export function RenameTag({ tag, onClose }: RenameTagProps) {
  const words = useWords();
  const organise = useOrganise();
  const draft = useTyped(`tag:${tag.name}`, tag.name);
  const name = draft.value;
  const [merge, setMerge] = useState<{ into: string; items: number; both: number } | null>(null);
  const cancel = () => {
    draft.forget();
    onClose(tag.name);
  };
  const rename = (merging: boolean) => {
    const said = merging ? "organise.tag.merged" : "organise.tag.renamed";
    void draft.store((typed) => {
      const to = typed.trim();
      return organise.mutateAsync(
        { kind: "rename tag", name: tag.name, to, merge: merging, said },
        { onSuccess: () => onClose(to) },
      );
    });
  };
  const submit = async () => {
    if (!name.trim() || name.trim() === tag.name) return cancel();
    try {
      const preview = await previewRename(tag.name, name.trim());
      if (!preview.merged) return rename(false);
      setMerge({ into: preview.into ?? name.trim(), items: preview.items, both: preview.carrying_both });
    } catch (error) {
      tellProblem(error);
    }
  };
  if (merge) {
    return (
      <fieldset
        aria-label={words("organise.tag.merge.title", { name: tag.name, into: merge.into })}
        className="flex flex-wrap items-center justify-end gap-2 py-1"
      >
        <p role="status" className="min-w-0 flex-1 basis-60" dir="auto">
          <strong>{words("organise.tag.merge.title", { name: tag.name, into: merge.into })}</strong>{" "}
          {words("organise.tag.merge.text", merge)}
        </p>
        <Button onPress={cancel}>{words("action.cancel")}</Button>
        <Button kind="primary" autoFocus onPress={() => rename(true)}>
          {words("organise.tag.merge")}
        </Button>
      </fieldset>
    );
  }
  return (
    <form
      className="flex flex-wrap items-center justify-end gap-2 py-1"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label={words("organise.tag.newName")}
        labelHidden
        value={name}
        onChange={draft.set}
        onFocus={(event) => event.target instanceof HTMLInputElement && event.target.select()}
        onKeyDown={(event) => {
          if (event.key === "Escape") cancel();
          else event.continuePropagation();
        }}
        autoFocus
        className="min-w-0 flex-1 basis-40"
      />
      <Button onPress={cancel}>{words("action.cancel")}</Button>
      <Button kind="primary" type="submit">
        {words("action.save")}
      </Button>
    </form>
  );
}
