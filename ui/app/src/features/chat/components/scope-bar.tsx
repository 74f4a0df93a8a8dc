import { Plus } from "lucide-react";
import { useState } from "react";
import { Dialog as AriaDialog, DialogTrigger, Popover } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { TextField } from "@/components/ui/field";
import { useCollections } from "@/lib/collections";
import { useWords } from "@/lib/i18n";
import { useDebounced } from "@/lib/use-debounced";
import { useMatchingItems, useMatchingTags, useRecentItems, useTitles } from "../api/use-library";
import { type AskScope, isEverything } from "../scope";

interface ScopeBarProps {
  scope: AskScope;
  onScope: (scope: AskScope) => void;
}

/** Of what is asked: chips that can be taken away, and a way to narrow it. */
export function ScopeBar({ scope, onScope }: ScopeBarProps) {
  const words = useWords();
  const titles = useTitles(scope.item_ids);
  const collections = useCollections();
  const named = collections.data?.items.find((each) => each.id === scope.collection_id)?.name;
  const chips = [
    ...scope.tags.map((tag) => ({
      key: `tag-${tag}`,
      name: `#${tag}`,
      without: { ...scope, tags: scope.tags.filter((each) => each !== tag) },
    })),
    ...(scope.collection_id === null
      ? []
      : [{ key: "collection", name: named ?? "…", without: { ...scope, collection_id: null } }]),
    ...scope.item_ids.map((id) => ({
      key: id,
      name: titles[id] ?? words("chat.scope.item"),
      without: { ...scope, item_ids: scope.item_ids.filter((each) => each !== id) },
    })),
  ];
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      <span className="text-12 text-muted">
        {words("chat.scope")} {isEverything(scope) ? words("chat.scope.all") : null}
      </span>
      {chips.map(({ key, name, without }) => (
        <Chip key={key} onRemove={() => onScope(without)} removeLabel={words("chat.scope.remove", { name })}>
          <span className="max-w-48 truncate" dir="auto">
            {name}
          </span>
        </Chip>
      ))}
      <ScopeMenu scope={scope} onScope={onScope} />
    </div>
  );
}

function ScopeMenu({ scope, onScope }: ScopeBarProps) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const choose = (changed: AskScope) => {
    onScope(changed);
    setOpen(false);
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button kind="quiet" icon={Plus} className="min-h-6 px-1.5! text-12! font-normal! text-muted!">
        {words("chat.scope.add")}
      </Button>
      <Popover className="w-[min(24rem,95vw)] rounded-md bg-surface p-3 shadow-popover" placement="top start">
        <AriaDialog aria-label={words("chat.scope.add")} className="outline-none">
          <Choices scope={scope} onScope={choose} />
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}

function Choices({ scope, onScope }: ScopeBarProps) {
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
