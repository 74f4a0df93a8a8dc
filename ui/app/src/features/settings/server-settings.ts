import type { Schemas } from "@cortex/api-client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap, unwrapWrite } from "@/lib/api";
import { t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type ServerSettings = Schemas["SettingsShown"];

export function useServerSettings() {
  return useQuery({ queryKey: ["settings", "detail"], queryFn: () => unwrap(api.GET("/api/settings")) });
}

export function useChangeSettings() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Schemas["SettingsChange"]) =>
      unwrapWrite(api.PUT("/api/settings", { body: change })),
    onSuccess: ({ data, undoId }) => {
      queries.setQueryData(["settings", "detail"], data);
      useNotices.getState().tell(t("models.saved"), { undoId });
    },
    onError: tellProblem,
  });
}

export function useHealth() {
  return useQuery({
    queryKey: ["health", "detail"],
    queryFn: () => unwrap(api.GET("/api/health/detailed")),
    staleTime: 0,
  });
}
