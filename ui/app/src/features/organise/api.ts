import type { Schemas } from "@cortex/api-client";
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, unwrap, unwrapWrite } from "@/lib/api";
import { type MessageId, t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type Collection = Schemas["CollectionShown"];
export type Tag = Schemas["TagCounted"];
const MOST = 200;

/** Tags whose names begin so, most used first, page after page. */
export function useTags(q: string) {
  return useInfiniteQuery({
    queryKey: ["tags", "pages", q],
    queryFn: ({ signal, pageParam: offset }) =>
      unwrap(
        api.GET("/api/tags", { params: { query: { ...(q ? { q } : {}), limit: MOST, offset } }, signal }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ next_cursor }, pages) => (next_cursor === null ? undefined : pages.length * MOST),
    placeholderData: keepPreviousData,
  });
}

/** What could be tidied. */
export function useTagSuggestions() {
  return useQuery({
    queryKey: ["tags", "suggestions"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/tags/suggestions", { signal })),
  });
}

/** What a rename would do; says so before two tags become one. */
export async function previewRename(name: string, to: string): Promise<Schemas["TagChanged"]> {
  const answer = api.PUT("/api/tags/{name}", {
    params: { path: { name }, query: { preview: true } },
    body: { name: to, merge: true },
  });
  return unwrap(answer);
}

type Write = { said: MessageId } & (
  | { kind: "rename tag"; name: string; to: string; merge: boolean }
  | { kind: "delete tag"; name: string }
  | { kind: "create"; collection: Schemas["NewCollection"] }
  | { kind: "edit"; id: string; change: Schemas["CollectionEdit"] }
  | { kind: "delete"; id: string }
);

/** Change tags or collections; says so with its undo. */
export function useOrganise() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (write: Write): Promise<{ undoId: string | null }> => {
      switch (write.kind) {
        case "rename tag":
          return unwrapWrite(
            api.PUT("/api/tags/{name}", {
              params: { path: { name: write.name } },
              body: { name: write.to, merge: write.merge },
            }),
          );
        case "delete tag":
          return unwrapWrite(api.DELETE("/api/tags/{name}", { params: { path: { name: write.name } } }));
        case "create":
          return unwrapWrite(api.POST("/api/collections", { body: write.collection }));
        case "edit":
          return unwrapWrite(
            api.PUT("/api/collections/{collection_id}", {
              params: { path: { collection_id: write.id } },
              body: write.change,
            }),
          );
        case "delete":
          return unwrapWrite(
            api.DELETE("/api/collections/{collection_id}", { params: { path: { collection_id: write.id } } }),
          );
      }
    },
    onSuccess: ({ undoId }, { said }) => {
      useNotices.getState().tell(t(said), { undoId });
      for (const key of ["tags", "collections", "items", "facets"])
        void queries.invalidateQueries({ queryKey: [key] });
    },
    onError: tellProblem,
  });
}
