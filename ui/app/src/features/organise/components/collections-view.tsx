import { Link } from "@tanstack/react-router";
import { Folder, Pencil, Plus, Sparkles, Trash2 } from "lucide-react";
import { useState } from "react";
import { DraftDialog } from "@/components/draft-dialog";
import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useCollections } from "@/lib/collections";
import { useWords } from "@/lib/i18n";
import { type Collection, useOrganise } from "../api";
import { asTree, withDescendants } from "../tree";
import { OrganiseFrame } from "./organise-frame";

export function CollectionsView() {
  const words = useWords();
  const collections = useCollections();
  const organise = useOrganise();
  const [edited, setEdited] = useState<Collection | "new" | null>(null);
  const all = collections.data?.items ?? [];
  return (
    <OrganiseFrame part="collections">
      <Button icon={Plus} className="mb-3" onPress={() => setEdited("new")}>
        {words("organise.collection.new")}
      </Button>
      {collections.isPending ? (
        <Loading>
          <Skeleton lines={5} />
        </Loading>
      ) : null}
      {collections.isError ? (
        <ErrorState error={collections.error} onRetry={() => void collections.refetch()} />
      ) : null}
      {collections.data?.items.length === 0 ? (
        <EmptyState title={words("organise.collection.empty")}>
          {words("organise.collection.empty.text")}
        </EmptyState>
      ) : null}
      <ul>
        {asTree(all).map(({ collection, depth }) => (
          <li
            key={collection.id}
            className="flex items-center gap-2 border-b border-line py-0.5"
            style={{ paddingInlineStart: `${depth * 1.5}rem` }}
          >
            {collection.query ? (
              <Sparkles size={16} aria-hidden className="text-muted" />
            ) : (
              <Folder size={16} aria-hidden className="text-muted" />
            )}
            <Link to="/library" search={{ in: collection.id }} className="min-w-0 flex-1 truncate" dir="auto">
              {collection.name}
            </Link>
            {collection.query ? (
              <span className="rounded-sm border border-line px-1 text-12 text-muted">
                {words("organise.collection.smart")}
              </span>
            ) : null}
            <span className="text-12 text-muted tabular-nums">
              {words("organise.tag.count", { count: collection.items })}
            </span>
            <IconButton
              icon={Pencil}
              label={words("organise.collection.edit", { name: collection.name })}
              onPress={() => setEdited(collection)}
            />
            <IconButton
              icon={Trash2}
              label={words("organise.collection.delete", { name: collection.name })}
              onPress={() =>
                organise.mutate({ kind: "delete", id: collection.id, said: "organise.collection.deleted" })
              }
            />
          </li>
        ))}
      </ul>
      {edited ? (
        <CollectionDialog
          all={all}
          collection={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
        />
      ) : null}
    </OrganiseFrame>
  );
}

const NONE = "none";

function CollectionDialog({
  all,
  collection,
  onClose,
}: {
  all: Collection[];
  collection: Collection | null;
  onClose: () => void;
}) {
  const words = useWords();
  const { mutateAsync } = useOrganise();
  const stored = {
    name: collection?.name ?? "",
    parent: collection?.parent_id ?? NONE,
    query: collection?.query?.query ?? "",
  };
  const forbidden = collection ? withDescendants(all, collection.id) : new Set<string>();
  const save = ({ name, parent, query }: typeof stored) => {
    const change = {
      name: name.trim(),
      parent_id: parent === NONE ? null : parent,
      query: query.trim() ? { ...collection?.query, query: query.trim() } : null,
    };
    return mutateAsync(
      collection
        ? { kind: "edit", id: collection.id, change, said: "organise.collection.changed" }
        : { kind: "create", collection: change, said: "organise.collection.created" },
    );
  };
  return (
    <DraftDialog
      title={
        collection
          ? words("organise.collection.edit", { name: collection.name })
          : words("organise.collection.new")
      }
      draft={`collection:${collection?.id ?? "new"}`}
      stored={stored}
      isComplete={({ name }) => name.trim() !== ""}
      onSave={save}
      onClose={onClose}
      save={words(collection ? "action.save" : "organise.collection.create")}
    >
      {(typed, set) => {
        const field = (name: keyof typeof stored) => ({
          value: typed[name],
          onChange: (text: string) => set({ ...typed, [name]: text }),
        });
        return (
          <>
            <TextField label={words("organise.collection.name")} {...field("name")} autoFocus />
            <Select
              label={words("organise.collection.parent")}
              {...field("parent")}
              options={[
                { value: NONE, label: words("organise.collection.none") },
                ...asTree(all)
                  .filter((each) => !forbidden.has(each.collection.id))
                  .map((each) => ({
                    value: each.collection.id,
                    label: `${"\u2003".repeat(each.depth)}${each.collection.name}`,
                  })),
              ]}
            />
            <TextField label={words("organise.collection.query")} {...field("query")} />
          </>
        );
      }}
    </DraftDialog>
  );
}
