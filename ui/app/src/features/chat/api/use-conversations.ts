import type { Schemas } from "@cortex/api-client";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap, unwrapWrite } from "@/lib/api";
import { type MessageId, t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type Conversation = Schemas["ConversationShown"];
export type ConversationWithMessages = Schemas["ConversationWithMessages"];
const PAGE = 100;

export function conversationKey(id: string): string[] {
  return ["conversation", "detail", id];
}

/** All conversations, last used first, a page at a time. */
export function useConversations() {
  return useInfiniteQuery({
    queryKey: ["conversations", "list"],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/conversations", { params: { query: { limit: PAGE, offset: pageParam } }, signal }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (pages.length * PAGE < last.total ? pages.length * PAGE : undefined),
  });
}

export function useConversation(id: string) {
  return useQuery({
    queryKey: conversationKey(id),
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/conversations/{conversation_id}", {
          params: { path: { conversation_id: id } },
          signal,
        }),
      ),
  });
}

/** Begin a conversation. Throws `Problem`. */
export function createConversation(scope: Schemas["ScopeGiven"]): Promise<Conversation> {
  return unwrap(api.POST("/api/conversations", { body: { scope } }));
}

type Write = { id: string; said: MessageId } & ({ kind: "rename"; title: string } | { kind: "delete" });

/** Rename or delete a conversation; says so with its undo. */
export function useConversationWrite() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (write: Write): Promise<{ undoId: string | null }> => {
      const params = { path: { conversation_id: write.id } };
      return write.kind === "rename"
        ? unwrapWrite(
            api.PUT("/api/conversations/{conversation_id}", { params, body: { title: write.title } }),
          )
        : unwrapWrite(api.DELETE("/api/conversations/{conversation_id}", { params }));
    },
    onSuccess: ({ undoId }, { said }) => {
      useNotices.getState().tell(t(said), { undoId });
      void queries.invalidateQueries({ queryKey: ["conversations"] });
    },
    onError: tellProblem,
  });
}

/** Tools that this conversation may use without asking. */
export function useAllowedTools(id: string) {
  return useQuery({
    queryKey: ["conversation", "tools", id],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/conversations/{conversation_id}/allowed-tools", {
          params: { path: { conversation_id: id } },
          signal,
        }),
      ),
  });
}

export function useRevokeTool(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      unwrapWrite(
        api.DELETE("/api/conversations/{conversation_id}/allowed-tools/{name}", {
          params: { path: { conversation_id: id, name } },
        }),
      ),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["conversation", "tools", id] }),
    onError: tellProblem,
  });
}
