import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { useWords } from "@/lib/i18n";
import { type Task, useTaskWrite } from "../api";

export function TaskDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const words = useWords();
  const write = useTaskWrite();
  const [title, setTitle] = useState(task.title);
  const [note, setNote] = useState(task.note ?? "");
  const [due, setDue] = useState(task.due_at?.slice(0, 10) ?? "");
  const [remind, setRemind] = useState(task.remind_at ? localInput(task.remind_at) : "");
  return (
    <Dialog title={words("tasks.name")} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!title.trim()) return;
          const sameDay = due === (task.due_at?.slice(0, 10) ?? "");
          write.mutate({
            kind: "edit",
            id: task.id,
            change: {
              title,
              note: note || null,
              due_at: sameDay ? task.due_at : due || null,
              remind_at: remind ? new Date(remind).toISOString() : null,
            },
            said: "tasks.changed",
          });
          onClose();
        }}
      >
        <TextField label={words("tasks.name")} value={title} onChange={setTitle} autoFocus />
        <TextField label={words("tasks.note")} value={note} onChange={setNote} rows={4} />
        <TextField label={words("tasks.due")} type="date" value={due} onChange={setDue} />
        <TextField label={words("tasks.remind")} type="datetime-local" value={remind} onChange={setRemind} />
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
