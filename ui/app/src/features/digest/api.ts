import type { Schemas } from "@cortex/api-client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap, unwrapWrite } from "@/lib/api";
import { t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type Digest = Schemas["DigestDetail"];
export type Listed = Schemas["DigestShown"];
export type Line = Schemas["DigestLineShown"];
export type Citation = Schemas["DigestCitationShown"];

export function useDigests() {
  return useQuery({
    queryKey: ["digests", "list"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/digests", { params: { query: { limit: 60 } }, signal })),
  });
}

export function useDigest(id: string | undefined) {
  return useQuery({
    queryKey: ["digests", "detail", id],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/digests/{digest_id}", { params: { path: { digest_id: id ?? "" } }, signal }),
      ) as Promise<Digest>,
    enabled: id !== undefined,
  });
}

export function useMakeDigest(onMade: (id: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/digests", { body: {} })),
    onSuccess: (digest) => {
      void queries.invalidateQueries({ queryKey: ["digests"] });
      onMade((digest as { id: string }).id);
    },
    onError: tellProblem,
  });
}

export function useDigestWrite() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (
      write: { kind: "less"; id: string; itemId: string } | { kind: "delete"; id: string },
    ) => {
      const params = { path: { digest_id: write.id } };
      if (write.kind === "delete") return unwrapWrite(api.DELETE("/api/digests/{digest_id}", { params }));
      return unwrapWrite(
        api.POST("/api/digests/{digest_id}/feedback", {
          params,
          body: { item_id: write.itemId, less: true },
        }),
      );
    },
    onSuccess: ({ undoId }, { kind }) => {
      useNotices.getState().tell(t(kind === "less" ? "digest.less.done" : "digest.deleted"), { undoId });
      void queries.invalidateQueries({ queryKey: ["digests"] });
    },
    onError: tellProblem,
  });
}
