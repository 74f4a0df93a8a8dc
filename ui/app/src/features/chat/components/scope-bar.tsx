import { Plus } from "lucide-react";
import { Suspense, useState } from "react";
import { Dialog as AriaDialog, DialogTrigger, Popover } from "react-aria-components";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { useCollections } from "@/lib/collections";
import { useWords } from "@/lib/i18n";
import { loadLater } from "@/lib/load-later";
import { useTitles } from "../api/use-library";
import { type AskScope, isEverything } from "../scope";

const Choices = loadLater(async () => (await import("./scope-choices")).Choices);

export interface ScopeBarProps {
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
          <Suspense>
            <Choices scope={scope} onScope={choose} />
          </Suspense>
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}
