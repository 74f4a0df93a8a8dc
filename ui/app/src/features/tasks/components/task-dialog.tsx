import { DraftDialog } from "@/components/draft-dialog";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { type Task, useTaskWrite } from "../api";

export function TaskDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const words = useWords();
  const { mutateAsync } = useTaskWrite();
  const stored = {
    title: task.title,
    note: task.note ?? "",
    due: task.due_at?.slice(0, 10) ?? "",
    remind: task.remind_at ? localInput(task.remind_at) : "",
  };
  const save = ({ title, note, due, remind }: typeof stored) =>
    mutateAsync({
      kind: "edit",
      id: task.id,
      change: {
        title,
        note: note || null,
        due_at: due === stored.due ? task.due_at : due || null,
        remind_at: remind ? new Date(remind).toISOString() : null,
      },
      said: "tasks.changed",
    });
  return (
    <DraftDialog
      title={words("tasks.name")}
      draft={`task:${task.id}`}
      stored={stored}
      isComplete={({ title }) => title.trim() !== ""}
      onSave={save}
      onClose={onClose}
    >
      {(typed, set) => {
        const field = (name: keyof typeof stored) => ({
          value: typed[name],
          onChange: (text: string) => set({ ...typed, [name]: text }),
        });
        return (
          <>
            <TextField label={words("tasks.name")} {...field("title")} autoFocus />
            <TextField label={words("tasks.note")} {...field("note")} rows={4} />
            <TextField label={words("tasks.due")} type="date" {...field("due")} />
            <TextField label={words("tasks.remind")} type="datetime-local" {...field("remind")} />
          </>
        );
      }}
    </DraftDialog>
  );
}

/** A moment as `datetime-local` fields write it, in the reader's own time. */
function localInput(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
