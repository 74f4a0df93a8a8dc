import { Link, useNavigate } from "@tanstack/react-router";
import { MoreHorizontal, Pencil, SquarePen, Trash2 } from "lucide-react";
import { type KeyboardEvent, lazy, Suspense, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { whenThere } from "@/lib/load-later";
import { type Conversation, useConversations, useConversationWrite } from "../api/use-conversations";

const Rename = lazy(() => whenThere(async () => ({ default: (await import("./rename")).Rename })));

interface ConversationListProps {
  current: string | null;
  onChosen?: () => void;
}

/** All conversations, last used first. */
export function ConversationList({ current, onChosen }: ConversationListProps) {
  const words = useWords();
  const navigate = useNavigate();
  const conversations = useConversations();
  const write = useConversationWrite();
  const [renamed, setRenamed] = useState<Conversation | null>(null);
  const all = conversations.data?.pages.flatMap((page) => page.items) ?? [];
  const remove = (conversation: Conversation) => {
    write.mutate({ kind: "delete", id: conversation.id, said: "chat.deleted" });
    if (conversation.id === current) void navigate({ to: "/chat" });
  };
  return (
    <div className="flex flex-col gap-1 p-2">
      <Link
        to="/chat"
        onClick={onChosen}
        className="flex min-h-8 items-center gap-2 rounded-sm border border-control bg-surface px-3 text-text no-underline hover:bg-selected"
      >
        <SquarePen size={16} aria-hidden className="text-muted" />
        {words("chat.new")}
      </Link>
      {conversations.isPending ? (
        <Loading>
          <Skeleton lines={6} />
        </Loading>
      ) : null}
      {conversations.isError ? (
        <ErrorState error={conversations.error} onRetry={() => void conversations.refetch()} />
      ) : null}
      {conversations.data && all.length === 0 ? (
        <p className="p-2 text-13 text-muted">{words("chat.none")}</p>
      ) : null}
      {all.length > 0 ? (
        <ul onKeyDown={step}>
          {all.map((conversation) => (
            <li
              key={conversation.id}
              className={`flex items-center rounded-sm [contain-intrinsic-size:auto_3rem] [content-visibility:auto] ${conversation.id === current ? "bg-selected" : "hover:bg-selected"}`}
            >
              <Link
                to="/chat/$conversationId"
                params={{ conversationId: conversation.id }}
                onClick={onChosen}
                aria-current={conversation.id === current ? "page" : undefined}
                data-conversation
                className="min-w-0 flex-1 rounded-sm px-2 py-1.5 text-text no-underline focus-visible:-outline-offset-2"
              >
                <span className="block truncate text-13" dir="auto">
                  {conversation.title}
                </span>
                <span className="block text-12 text-muted">{fromNow(conversation.updated_at)}</span>
              </Link>
              <Menu
                label={words("chat.more", { title: conversation.title })}
                entries={[
                  {
                    id: "rename",
                    icon: Pencil,
                    label: words("chat.rename"),
                    run: () => setRenamed(conversation),
                  },
                  {
                    id: "delete",
                    icon: Trash2,
                    tone: "danger",
                    label: words("chat.delete"),
                    run: () => remove(conversation),
                  },
                ]}
              >
                <IconButton icon={MoreHorizontal} label={words("chat.more", { title: conversation.title })} />
              </Menu>
            </li>
          ))}
        </ul>
      ) : null}
      {conversations.hasNextPage ? (
        <Button
          kind="quiet"
          isDisabled={conversations.isFetchingNextPage}
          onPress={() => void conversations.fetchNextPage()}
        >
          {words("chat.older")}
        </Button>
      ) : null}
      <Suspense>
        {renamed ? <Rename conversation={renamed} onClose={() => setRenamed(null)} /> : null}
      </Suspense>
    </div>
  );
}

/** Arrows walk the list. */
function step(event: KeyboardEvent<HTMLUListElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-conversation]")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const target = {
    ArrowDown: links[at + 1],
    ArrowUp: links[at - 1],
    Home: links[0],
    End: links.at(-1),
  }[event.key];
  if (at === -1 || target === undefined) return;
  event.preventDefault();
  target.focus();
}
