import type { Schemas } from "@cortex/api-client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";
import { t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type Queue = Schemas["Queue"];
export type Queued = Schemas["QueuedItem"];

/** Begin nothing new, or go on. */
export function usePause(isPaused: boolean) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST(isPaused ? "/api/processing/resume" : "/api/processing/pause")),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["queue"] }),
    onError: tellProblem,
  });
}

/** Try items again: these, or all that failed. */
export function useRetry() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[] | undefined) =>
      unwrap(api.POST("/api/processing/retry", { body: ids ? { item_ids: ids } : {} })),
    onSuccess: ({ retried }) => {
      useNotices.getState().tell(t("activity.retried", { count: retried }));
      void queries.invalidateQueries({ queryKey: ["queue"] });
    },
    onError: tellProblem,
  });
}
