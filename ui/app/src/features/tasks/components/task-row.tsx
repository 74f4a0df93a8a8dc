import { Link } from "@tanstack/react-router";
import { Bell, Check, MessageSquare, Pencil, Trash2 } from "lucide-react";
import { Checkbox } from "react-aria-components";
import { IconButton } from "@/components/ui/button";
import { dateAndTime, shortDate } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { type Task, useTaskWrite } from "../api";

export function TaskRow({ task, onEdit }: { task: Task; onEdit: () => void }) {
  const words = useWords();
  const write = useTaskWrite();
  const done = task.status === "done";
  const source = task.item && !task.item.trashed ? task.item : null;
  const at = task.passage ? `?at=${task.passage.start}-${task.passage.end}` : "";
  return (
    <li className="flex items-start gap-2 border-b border-line py-2">
      <Checkbox
        isSelected={done}
        aria-label={words("tasks.complete", { title: task.title })}
        onChange={(isDone) =>
          write.mutate({
            kind: "edit",
            id: task.id,
            change: { status: isDone ? "done" : "open" },
            said: isDone ? "tasks.completed" : "tasks.reopened",
          })
        }
        className="flex size-8 shrink-0 items-center justify-center"
      >
        <span
          aria-hidden
          className={`flex size-4 items-center justify-center rounded-sm border ${done ? "border-accent bg-accent text-on-accent" : "border-control"}`}
        >
          {done ? <Check size={12} /> : null}
        </span>
      </Checkbox>
      <div className="min-w-0 flex-1 py-1">
        <p className={done ? "text-muted line-through" : ""} dir="auto">
          {task.title}
        </p>
        <p className="flex flex-wrap items-center gap-x-3 text-12 text-muted">
          {task.due_at ? (
            <span className={task.overdue ? "text-danger" : ""}>
              {words("tasks.dueOn", { when: shortDate(task.due_at) })}
              {task.overdue ? ` · ${words("tasks.overdue")}` : ""}
            </span>
          ) : null}
          {task.remind_at && !done ? (
            <span className="inline-flex items-center gap-1">
              <Bell size={12} aria-hidden />
              {words("tasks.remindAt", { when: dateAndTime(task.remind_at) })}
            </span>
          ) : null}
          {task.created_by === "chat" ? (
            <span className="inline-flex items-center gap-1">
              <MessageSquare size={12} aria-hidden />
              {words("tasks.byChat")}
            </span>
          ) : null}
          {source ? <Link to={`/item/${source.id}${at}` as string}>{source.title}</Link> : null}
        </p>
        {task.note ? <p className="mt-1 whitespace-pre-line text-13">{task.note}</p> : null}
      </div>
      <IconButton icon={Pencil} label={words("tasks.edit", { title: task.title })} onPress={onEdit} />
      <IconButton
        icon={Trash2}
        label={words("tasks.delete", { title: task.title })}
        onPress={() => write.mutate({ kind: "delete", id: task.id, said: "tasks.deleted" })}
      />
    </li>
  );
}
