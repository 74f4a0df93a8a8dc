import type { Schemas } from "@cortex/api-client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages } from "@/lib/all-pages";
import { api, unwrap, unwrapWrite } from "@/lib/api";
import { t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type ItemDetail = Schemas["ItemDetail"];
export type Highlight = Schemas["HighlightShown"];

/** An item with its text. */
export function useItem(id: string, enabled = true) {
  return useQuery({
    queryKey: ["item", "detail", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items/{item_id}", { params: { path: { item_id: id } }, signal })),
    enabled,
  });
}

/** The same without its text, which may be megabytes, unless that is here already: pages are shown without it. */
export function useItemWithoutText(id: string, enabled: boolean) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["item", "detail", id, "without text"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/items/{item_id}", {
          params: { path: { item_id: id }, query: { content: false } },
          signal,
        }),
      ),
    initialData: () => queries.getQueryData<ItemDetail>(["item", "detail", id]),
    enabled,
  });
}

export function useRelated(id: string) {
  return useQuery({
    queryKey: ["connections", "of", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items/{item_id}/connections", { params: { path: { item_id: id } }, signal })),
  });
}

/** All of them: each is marked in the text. */
export function useHighlights(id: string) {
  return useQuery({
    queryKey: ["highlights", "list", id],
    queryFn: ({ signal }) =>
      allPages((query) =>
        unwrap(
          api.GET("/api/items/{item_id}/highlights", { params: { path: { item_id: id }, query }, signal }),
        ),
      ),
  });
}

type HighlightWrite =
  | { kind: "add"; highlight: Schemas["HighlightNew"] }
  | { kind: "edit"; id: string; change: Schemas["HighlightEdit"] }
  | { kind: "remove"; id: string };

/** Add, change or remove a highlight of an item; says so with its undo. */
export function useHighlightWrite(itemId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (write: HighlightWrite): Promise<{ undoId: string | null }> => {
      if (write.kind === "add") {
        const params = { path: { item_id: itemId } };
        return unwrapWrite(api.POST("/api/items/{item_id}/highlights", { params, body: write.highlight }));
      }
      const params = { path: { item_id: itemId, highlight_id: write.id } };
      if (write.kind === "edit") {
        return unwrapWrite(
          api.PUT("/api/items/{item_id}/highlights/{highlight_id}", { params, body: write.change }),
        );
      }
      return unwrapWrite(api.DELETE("/api/items/{item_id}/highlights/{highlight_id}", { params }));
    },
    onSuccess: ({ undoId }, { kind }) => {
      if (kind !== "edit") {
        const said = kind === "add" ? "reader.highlight.added" : "reader.highlight.removed";
        useNotices.getState().tell(t(said), { undoId });
      }
      void queries.invalidateQueries({ queryKey: ["highlights", "list", itemId] });
    },
    onError: tellProblem,
  });
}

/** Let a language model write the summary. It happens later, by whichever model may be asked. */
export function useWriteAbout() {
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/processing/write", { body: { item_ids: [id] } })),
    onError: tellProblem,
  });
}
