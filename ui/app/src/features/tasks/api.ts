import type { Schemas } from "@cortex/api-client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap, unwrapWrite } from "@/lib/api";
import { type MessageId, t } from "@/lib/i18n";
import { tellProblem, useNotices } from "@/lib/undo";

export type Task = Schemas["TaskShown"];
export type TaskStatus = Task["status"];
const MOST = 200;

export function useTasks(status: TaskStatus) {
  return useQuery({
    queryKey: ["tasks", "list", status],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/tasks", {
          params: { query: { status, limit: MOST, sort: status === "open" ? "due_at" : "-updated_at" } },
          signal,
        }),
      ),
  });
}

export type TaskWrite = { said: MessageId } & (
  | { kind: "add"; task: Schemas["TaskNew"] }
  | { kind: "edit"; id: string; change: Schemas["TaskEdit"] }
  | { kind: "delete"; id: string }
);

/** Add, change or delete a task; says so with its undo. */
export function useTaskWrite() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (write: TaskWrite): Promise<{ undoId: string | null }> => {
      if (write.kind === "add") return unwrapWrite(api.POST("/api/tasks", { body: write.task }));
      const params = { path: { task_id: write.id } };
      if (write.kind === "edit")
        return unwrapWrite(api.PUT("/api/tasks/{task_id}", { params, body: write.change }));
      return unwrapWrite(api.DELETE("/api/tasks/{task_id}", { params }));
    },
    onSuccess: ({ undoId }, { said }) => {
      useNotices.getState().tell(t(said), { undoId });
      void queries.invalidateQueries({ queryKey: ["tasks"] });
    },
    onError: tellProblem,
  });
}
