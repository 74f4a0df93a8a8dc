import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { useTyped } from "@/lib/drafts";
import { useWords } from "@/lib/i18n";
import { type Task, type TaskWrite, useTaskWrite } from "../api";

export function TaskDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const words = useWords();
  const write = useTaskWrite();
  const draft = useTyped(`task:${task.id}`, {
    title: task.title,
    note: task.note ?? "",
    due: task.due_at?.slice(0, 10) ?? "",
    remind: task.remind_at ? localInput(task.remind_at) : "",
  });
  const { title, note, due, remind } = draft.value;
  const type = (field: keyof typeof draft.value) => (text: string) =>
    draft.set({ ...draft.value, [field]: text });
  return (
    <Dialog title={words("tasks.name")} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!title.trim()) return;
          const sameDay = due === (task.due_at?.slice(0, 10) ?? "");
          const sent = draft.value;
          const edit: TaskWrite = {
            kind: "edit",
            id: task.id,
            change: {
              title,
              note: note || null,
              due_at: sameDay ? task.due_at : due || null,
              remind_at: remind ? new Date(remind).toISOString() : null,
            },
            said: "tasks.changed",
          };
          write.mutateAsync(edit, { onSuccess: onClose }).then(
            () => draft.forget(sent),
            () => undefined, // said by the mutation; the words are still here
          );
        }}
      >
        <TextField label={words("tasks.name")} value={title} onChange={type("title")} autoFocus />
        <TextField label={words("tasks.note")} value={note} onChange={type("note")} rows={4} />
        <TextField label={words("tasks.due")} type="date" value={due} onChange={type("due")} />
        <TextField
          label={words("tasks.remind")}
          type="datetime-local"
          value={remind}
          onChange={type("remind")}
        />
        <Button kind="primary" type="submit" className="self-end">
          {words("action.save")}
        </Button>
      </form>
    </Dialog>
  );
}

/** A moment as `datetime-local` fields write it, in the reader's own time. */
function localInput(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
