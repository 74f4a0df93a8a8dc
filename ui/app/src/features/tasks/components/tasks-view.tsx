import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { ViewTitle } from "@/components/ui/view-title";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";
import { type Task, useTasks, useTaskWrite } from "../api";
import { TaskDialog } from "./task-dialog";
import { TaskRow } from "./task-row";

const route = getRouteApi("/tasks");

export function TasksView() {
  const words = useWords();
  const { status = "open" } = route.useSearch();
  const navigate = route.useNavigate();
  const tasks = useTasks(status);
  const [edited, setEdited] = useState<Task | null>(null);
  useDocumentTitle(words("tasks.title"));
  return (
    <section className="mx-auto max-w-3xl p-4">
      <header className="mb-3 flex items-center justify-between gap-3">
        <ViewTitle>{words("tasks.title")}</ViewTitle>
        <Segments
          label={words("tasks.show")}
          value={status}
          options={(["open", "done"] as const).map((value) => ({ value, label: words(`tasks.${value}`) }))}
          onChange={(value) => void navigate({ search: value === "done" ? { status: "done" } : {} })}
        />
      </header>
      {status === "open" ? <NewTask /> : null}
      {tasks.isPending ? (
        <Loading>
          <Skeleton lines={5} />
        </Loading>
      ) : null}
      {tasks.isError ? <ErrorState error={tasks.error} onRetry={() => void tasks.refetch()} /> : null}
      {tasks.data?.items.length === 0 ? (
        <EmptyState title={words(status === "open" ? "tasks.empty" : "tasks.empty.done")}>
          {words("tasks.empty.text")}
        </EmptyState>
      ) : null}
      <ul>
        {tasks.data?.items.map((task) => (
          <TaskRow key={task.id} task={task} onEdit={() => setEdited(task)} />
        ))}
      </ul>
      {edited ? <TaskDialog task={edited} onClose={() => setEdited(null)} /> : null}
    </section>
  );
}

function NewTask() {
  const words = useWords();
  const write = useTaskWrite();
  const draft = useTyped("task:new", { title: "", due: "" });
  const { title, due } = draft.value;
  return (
    <form
      className="mb-4 flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!title.trim()) return;
        void draft.store(({ title, due }) =>
          write.mutateAsync({ kind: "add", task: { title, due_at: due || null }, said: "tasks.added" }),
        );
      }}
    >
      <TextField
        label={words("tasks.new")}
        value={title}
        onChange={(next) => draft.set({ title: next, due })}
        className="min-w-56 flex-1"
      />
      <TextField
        label={words("tasks.due")}
        type="date"
        value={due}
        onChange={(next) => draft.set({ title, due: next })}
      />
      <Button kind="primary" type="submit" isDisabled={write.isPending}>
        {words("tasks.add")}
      </Button>
    </form>
  );
}
