import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ConversationPane } from "./conversation-pane";
import { NewConversation } from "./new-conversation";

/** `/chat` begins a conversation, `/chat/:id` shows one. */
export function ChatView() {
  const { conversationId } = useParams({ strict: false }) as { conversationId?: string };
  const search = useSearch({ strict: false }) as { source?: string; scope?: string };
  const navigate = useNavigate();
  if (conversationId === undefined)
    return (
      <NewConversation
        scope={search.scope}
        onScope={(scope) =>
          void navigate({ to: "/chat", search: scope === undefined ? {} : { scope }, replace: true })
        }
        onBegun={(id) => void navigate({ to: "/chat/$conversationId", params: { conversationId: id } })}
      />
    );
  return (
    <ConversationPane
      key={conversationId}
      id={conversationId}
      source={search.source}
      onSource={(source) =>
        void navigate({
          to: "/chat/$conversationId",
          params: { conversationId },
          search: source === null ? {} : { source },
          replace: search.source !== undefined,
          resetScroll: false,
        })
      }
    />
  );
}
