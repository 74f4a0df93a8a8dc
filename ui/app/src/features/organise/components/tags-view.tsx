import { useCallback, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { useDebounced } from "@/lib/use-debounced";
import { useTags } from "../api";
import { OrganiseFrame } from "./organise-frame";
import { RenameTag } from "./rename-tag";
import { TagRow } from "./tag-row";
import { TagSuggestions } from "./tag-suggestions";

const DEBOUNCE_MS = 100;

export function TagsView() {
  const words = useWords();
  const [text, setText] = useState("");
  const query = useDebounced(text.trim(), DEBOUNCE_MS);
  const tags = useTags(query);
  const [renamed, setRenamed] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const shown = tags.data?.pages.flatMap((page) => page.items);
  const left = (tags.data?.pages[0]?.total ?? 0) - (shown?.length ?? 0);
  const close = useCallback((name: string) => {
    setRenamed(null);
    // Back to where one came from, or, if that tag is gone, to the list.
    requestAnimationFrame(() =>
      (
        list.current?.querySelector<HTMLElement>(`[data-tag="${CSS.escape(name)}"] button`) ?? list.current
      )?.focus(),
    );
  }, []);
  return (
    <OrganiseFrame part="tags">
      <TextField
        label={words("organise.find")}
        type="search"
        value={text}
        onChange={setText}
        className="mb-3 max-w-xs"
      />
      {query === "" ? <TagSuggestions /> : null}
      {tags.isPending ? (
        <Loading>
          <Skeleton lines={8} />
        </Loading>
      ) : null}
      {tags.isError && !tags.data ? (
        <ErrorState error={tags.error} onRetry={() => void tags.refetch()} />
      ) : null}
      {shown?.length === 0 ? (
        query === "" ? (
          <EmptyState title={words("organise.tag.empty")}>{words("organise.tag.empty.text")}</EmptyState>
        ) : (
          <EmptyState
            title={words("organise.tag.notFound", { text: query })}
            action={<Button onPress={() => setText("")}>{words("organise.tag.showAll")}</Button>}
          />
        )
      ) : null}
      <ul ref={list} tabIndex={-1}>
        {shown?.map((tag) => (
          <li key={tag.name} data-tag={tag.name} className="border-b border-line py-0.5">
            {renamed === tag.name ? (
              <RenameTag tag={tag} onClose={close} />
            ) : (
              <TagRow tag={tag} onRename={() => setRenamed(tag.name)} />
            )}
          </li>
        ))}
      </ul>
      {tags.hasNextPage ? (
        <Button className="mt-3" onPress={() => void tags.fetchNextPage()}>
          {words("organise.tag.more", { count: left })}
        </Button>
      ) : null}
    </OrganiseFrame>
  );
}
