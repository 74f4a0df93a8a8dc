import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api";
import { t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

const MOST = 200;

export function useSessions() {
  return useQuery({
    queryKey: ["sessions", "list"],
    queryFn: () => unwrap(api.GET("/api/auth/sessions", { params: { query: { limit: MOST } } })),
    staleTime: 0,
  });
}

export function useKeys() {
  return useQuery({
    queryKey: ["keys", "list"],
    queryFn: () => unwrap(api.GET("/api/auth/keys", { params: { query: { limit: MOST } } })),
    staleTime: 0,
  });
}

export function useRevokeSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSuccess: () => {
      useNotices.getState().tell(t("sessions.revoked"));
      void queries.invalidateQueries({ queryKey: ["sessions"] });
    },
    onError: tellProblem,
  });
}

export function useRevokeKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/auth/keys/{key_id}", { params: { path: { key_id: id } } })),
    onSuccess: () => {
      useNotices.getState().tell(t("keys.revoked"));
      void queries.invalidateQueries({ queryKey: ["keys"] });
    },
    onError: tellProblem,
  });
}

export type KeyScope = "owner" | "write" | "read" | "companion" | "capture";

export function useCreateKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { name: string; scope: KeyScope }) =>
      unwrap(api.POST("/api/auth/keys", { body: wanted })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["keys"] }),
    onError: tellProblem,
  });
}
