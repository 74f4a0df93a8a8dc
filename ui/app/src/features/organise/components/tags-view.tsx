import { Link } from "@tanstack/react-router";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { tellProblem } from "@/lib/undo";
import { useDebounced } from "@/lib/use-debounced";
import { previewRename, type Tag, useOrganise, useTags } from "../api";
import { OrganiseFrame } from "./organise-frame";

const PAGE = 200;
const DEBOUNCE_MS = 100;

export function TagsView() {
  const words = useWords();
  const [text, setText] = useState("");
  const [offset, setOffset] = useState(0);
  const query = useDebounced(text.trim(), DEBOUNCE_MS);
  const tags = useTags(query, offset);
  const organise = useOrganise();
  const [renamed, setRenamed] = useState<Tag | null>(null);
  return (
    <OrganiseFrame part="tags">
      <TextField
        label={words("organise.find")}
        type="search"
        value={text}
        onChange={(value) => {
          setText(value);
          setOffset(0);
        }}
        className="mb-3 max-w-xs"
      />
      {tags.isPending ? (
        <Loading>
          <Skeleton lines={8} />
        </Loading>
      ) : null}
      {tags.isError ? <ErrorState error={tags.error} onRetry={() => void tags.refetch()} /> : null}
      {tags.data?.total === 0 ? (
        <EmptyState title={words("organise.tag.empty")}>{words("organise.tag.empty.text")}</EmptyState>
      ) : null}
      <ul>
        {tags.data?.items.map((tag) => (
          <li key={tag.name} className="flex items-center gap-3 border-b border-line py-0.5">
            <Link to="/library" search={{ tag: [tag.name] }} className="min-w-0 flex-1 truncate" dir="auto">
              #{tag.name}
            </Link>
            <span className="text-12 text-muted tabular-nums">
              {words("organise.tag.count", { count: tag.count })}
              <span className="max-medium:hidden">
                {" · "}
                {words("organise.tag.byUser", { count: tag.by_user })}
              </span>
            </span>
            <IconButton
              icon={Pencil}
              label={words("organise.tag.rename", { name: tag.name })}
              onPress={() => setRenamed(tag)}
            />
            <IconButton
              icon={Trash2}
              label={words("organise.tag.delete", { name: tag.name })}
              onPress={() =>
                organise.mutate({ kind: "delete tag", name: tag.name, said: "organise.tag.deleted" })
              }
            />
          </li>
        ))}
      </ul>
      {tags.data && tags.data.total > offset + PAGE ? (
        <Button className="mt-3" onPress={() => setOffset(offset + PAGE)}>
          {words("nav.more")}
        </Button>
      ) : null}
      {renamed ? <RenameDialog tag={renamed} onClose={() => setRenamed(null)} /> : null}
    </OrganiseFrame>
  );
}

/** A new name; where that is another tag's, it says what merging would do before it does. */
function RenameDialog({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const words = useWords();
  const organise = useOrganise();
  const draft = useTyped(`tag:${tag.name}`, tag.name);
  const name = draft.value;
  const [merge, setMerge] = useState<{ into: string; items: number; both: number } | null>(null);
  const rename = (merging: boolean) => {
    const change = {
      kind: "rename tag",
      name: tag.name,
      to: name.trim(),
      merge: merging,
      said: merging ? "organise.tag.merged" : "organise.tag.renamed",
    } as const;
    organise.mutateAsync(change, { onSuccess: onClose }).then(
      () => draft.forget(name),
      () => undefined, // said by the mutation; the words are still here
    );
  };
  const submit = async () => {
    if (!name.trim() || name.trim() === tag.name) return onClose();
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
      <Dialog
        title={words("organise.tag.merge.title", { name: tag.name, into: merge.into })}
        isOpen
        onClose={onClose}
      >
        <p>{words("organise.tag.merge.text", merge)}</p>
        <div className="mt-4 flex justify-end gap-2">
          <Button onPress={onClose}>{words("action.cancel")}</Button>
          <Button kind="primary" autoFocus onPress={() => rename(true)}>
            {words("organise.tag.merge")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={words("organise.tag.rename", { name: tag.name })} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label={words("organise.tag.newName")} value={name} onChange={draft.set} autoFocus />
        <Button kind="primary" type="submit" className="self-end">
          {words("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}
