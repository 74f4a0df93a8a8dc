/** Which models are asked: read by the settings, the first start and the foot of the navigation. */
import type { Schemas } from "@cortex/api-client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap, unwrapWrite } from "./api";
import { type MessageId, t } from "./i18n";
import { tellProblem, useNotices } from "./undo";

export type AiSettings = Schemas["AISettingsShown"];
export type AiChange = Schemas["AISettingsChange"];
export type OllamaHealth = Schemas["OllamaHealth"];
export type Recommendations = Schemas["RecommendationsShown"];
export type Candidate = Schemas["CandidateShown"];

export function useAiSettings() {
  return useQuery({ queryKey: ["ai", "detail"], queryFn: () => unwrap(api.GET("/api/settings/ai")) });
}

/** Ollama, and what it has. Asked again on each visit: it may have been started since. */
export function useOllama() {
  return useQuery({
    queryKey: ["ollama", "detail"],
    queryFn: () => unwrap(api.GET("/api/health/ollama")),
    staleTime: 0,
  });
}

export function useRecommendations() {
  return useQuery({
    queryKey: ["ollama", "recommendations"],
    queryFn: () => unwrap(api.GET("/api/providers/ollama/recommendations")),
  });
}

/** Choose models; says so with its undo. `said` is left out where the page itself shows what has changed. */
export function useSaveAi() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ change }: { change: AiChange; said?: MessageId }) =>
      unwrapWrite(api.PUT("/api/settings/ai", { body: change })),
    onSuccess: ({ data, undoId }, { said }) => {
      queries.setQueryData(["ai", "detail"], data);
      if (said) useNotices.getState().tell(t(said), { undoId });
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => ["ai", "ollama", "health"].includes(String(queryKey[0])),
      });
    },
    onError: tellProblem,
  });
}

/** Who answers now, and where, in words: never by a colour alone. */
export function whoAnswers({ in_use: [first] }: Pick<AiSettings, "in_use">): string {
  if (first === undefined) return t("place.extractive");
  return first.local ? t("place.local", { model: first.model }) : t("place.cloud", { place: first.place });
}
