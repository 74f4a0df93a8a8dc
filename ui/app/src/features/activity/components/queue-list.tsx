import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { count } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import { type Queue, type Queued, useRetry } from "../api";
import { QueueRow } from "./queue-row";

const MANY_ALIKE = 4;
const STAGES = ["fetch", "extract", "summarise", "tag", "chunk", "embed", "connect", "write", "index"];

/** What is in work by its stage, then what failed by its reason, what waits for something, and what is next. */
export function QueueList({ queue }: { queue: Queue }) {
  const words = useWords();
  const { items } = queue;
  if (items.length === 0)
    return <EmptyState title={words("activity.empty")}>{words("activity.empty.text")}</EmptyState>;
  const having = (status: Queued["status"]) => items.filter((item) => item.status === status);
  const inWork = having("processing");
  const rows = (of: Queued[]) => of.map((item) => <QueueRow key={item.item_id} item={item} />);
  const known = queue.pending + queue.processing + queue.failed;
  return (
    <>
      {STAGES.map((stage) => (
        <Group key={stage} title={words(`library.stage.${stage}` as MessageId)}>
          {rows(inWork.filter((item) => item.stage === stage))}
        </Group>
      ))}
      <Group title={words("library.status.processing")}>
        {rows(inWork.filter((item) => item.stage === null || !STAGES.includes(item.stage)))}
      </Group>
      <Group title={words("library.status.failed")} total={queue.failed}>
        {byReason(having("failed")).flatMap(([reason, alike]) =>
          alike.length < MANY_ALIKE ? (
            alike.map((item) => <Failed key={item.item_id} item={item} />)
          ) : (
            <FailedAlike key={reason} reason={reason} items={alike} />
          ),
        )}
      </Group>
      <Group title={words("activity.waiting")}>{rows(having("waiting"))}</Group>
      <Group title={words("activity.next.title")}>{rows(having("pending"))}</Group>
      {known > items.length ? (
        <p className="mt-3 text-muted">
          {words("activity.more", { shown: items.length, total: known })}{" "}
          <Link to="/library" search={{ status: "pending" }}>
            {words("library.status.pending")}
          </Link>
          {queue.failed > 0 ? " · " : null}
          {queue.failed > 0 ? (
            <Link to="/library" search={{ status: "failed" }}>
              {words("library.status.failed")}
            </Link>
          ) : null}
        </p>
      ) : null}
    </>
  );
}

function Group({ title, total, children }: { title: string; total?: number; children: ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <section className="mt-5">
      <h2 className="text-14">
        {title} <span className="font-normal text-muted tabular-nums">{count(total ?? children.length)}</span>
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function Failed({ item }: { item: Queued }) {
  const retry = useRetry();
  return <QueueRow item={item} onRetry={() => retry.mutate([item.item_id])} />;
}

/** Forty failures of a kind are one line, which opens. */
function FailedAlike({ reason, items }: { reason: string; items: Queued[] }) {
  const words = useWords();
  const retry = useRetry();
  return (
    <li className="flex items-start gap-3 border-b border-line py-2">
      <details className="min-w-0 flex-1">
        <summary className="cursor-default py-1 text-danger">
          {words("activity.alike", { count: items.length, reason })}
        </summary>
        <ul className="ps-4">
          {items.map((item) => (
            <Failed key={item.item_id} item={item} />
          ))}
        </ul>
      </details>
      <Button kind="quiet" icon={RotateCcw} onPress={() => retry.mutate(items.map((item) => item.item_id))}>
        {words("state.retry")}
      </Button>
    </li>
  );
}

function byReason(items: Queued[]): [string, Queued[]][] {
  const groups = new Map<string, Queued[]>();
  for (const item of items) {
    const reason = item.error?.message ?? "";
    groups.set(reason, [...(groups.get(reason) ?? []), item]);
  }
  return [...groups];
}
