import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { useCollections } from "@/lib/collections";
import { useWords } from "@/lib/i18n";
import { useDebounced } from "@/lib/use-debounced";
import { useMatchingItems, useMatchingTags, useRecentItems } from "../api/use-library";
import type { ScopeBarProps } from "./scope-bar";

/** Tags, collections and items that a question can be narrowed to. */
export function Choices({ scope, onScope }: ScopeBarProps) {
  const words = useWords();
  const [text, setText] = useState("");
  const settled = useDebounced(text.trim(), 100);
  const tags = useMatchingTags(settled);
  const collections = useCollections();
  const recent = useRecentItems();
  const matching = useMatchingItems(settled);
  const items = settled
    ? (matching.data?.results ?? []).map((result) => ({ id: result.item_id, title: result.title }))
    : (recent.data?.items ?? []);
  const groups = [
    {
      label: words("chat.scope.tags"),
      entries: (tags.data?.items ?? [])
        .filter((tag) => !scope.tags.includes(tag.name))
        .map((tag) => ({
          key: tag.name,
          name: `#${tag.name}`,
          scope: { ...scope, tags: [...scope.tags, tag.name] },
        })),
    },
    {
      label: words("chat.scope.collections"),
      entries: (collections.data?.items ?? [])
        .filter((each) => each.name.toLowerCase().includes(settled.toLowerCase()))
        .map((each) => ({ key: each.id, name: each.name, scope: { ...scope, collection_id: each.id } })),
    },
    {
      label: words("chat.scope.items"),
      entries: items
        .filter((item) => !scope.item_ids.includes(item.id))
        .map((item) => ({
          key: item.id,
          name: item.title,
          scope: { ...scope, item_ids: [...scope.item_ids, item.id] },
        })),
    },
  ].filter((group) => group.entries.length > 0);
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={words("chat.scope.find")}
        labelHidden
        placeholder={words("chat.scope.find")}
        value={text}
        onChange={setText}
        autoFocus
      />
      <div className="max-h-[40vh] overflow-auto">
        {groups.length === 0 ? <p className="p-2 text-13 text-muted">{words("chat.scope.none")}</p> : null}
        {groups.map((group) => (
          <section key={group.label}>
            <h3 className="mt-1 px-1.5 text-12 text-muted">{group.label}</h3>
            <ul>
              {group.entries.map((entry) => (
                <li key={entry.key}>
                  <Button
                    kind="quiet"
                    className="min-h-7 w-full justify-start px-1.5! font-normal!"
                    onPress={() => onScope(entry.scope)}
                  >
                    <span className="truncate" dir="auto">
                      {entry.name}
                    </span>
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}
