import { useMemo, useRef } from "react";
import { type Command, useCommands } from "@/lib/commands";

interface ThreadContext {
  canStop: boolean;
  stop: () => void;
  /** What `Esc` closes when nothing is to be stopped. */
  closeSource: (() => void) | null;
  /** The numbers of the sources that there are. */
  sources: number[];
  onSource: (messageId: string, n: number) => void;
}

const MOST = 9;

/** What the keyboard does in a conversation. */
export function useThreadCommands(context: ThreadContext): void {
  const latest = useRef(context);
  latest.current = context;
  const { canStop } = context;
  const canClose = context.closeSource !== null;
  const highest = Math.min(MOST, Math.max(0, ...context.sources));
  const commands = useMemo<Command[]>(() => {
    const own = (id: string, title: Command["title"], keys: string[], run: () => void): Command => ({
      id: `chat.${id}`,
      title,
      keys,
      run,
      group: "chat",
    });
    return [
      ...(canStop ? [own("stop", "command.chat.stop", ["Escape"], () => latest.current.stop())] : []),
      ...(canClose && !canStop
        ? [own("close", "command.chat.closeSource", ["Escape"], () => latest.current.closeSource?.())]
        : []),
      own("next", "command.chat.next", ["j"], () => step(1)),
      own("previous", "command.chat.previous", ["k"], () => step(-1)),
      ...Array.from({ length: highest }, (_, index) => index + 1).map((n) =>
        own(`source.${n}`, `command.chat.source.${n}` as Command["title"], [String(n)], () => {
          const messageId = current()?.dataset.answer;
          const exists = current()?.querySelector(`[data-source="${n}"]`);
          if (messageId && exists) latest.current.onSource(messageId, n);
        }),
      ),
    ];
  }, [canStop, canClose, highest]);
  useCommands(commands);
}

function answers(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-answer]")];
}

/** The answer that has the focus, else the newest. */
function current(): HTMLElement | undefined {
  return document.activeElement?.closest<HTMLElement>("[data-answer]") ?? answers().at(-1);
}

function step(by: number): void {
  const all = answers();
  const at = all.indexOf(document.activeElement?.closest<HTMLElement>("[data-answer]") as HTMLElement);
  const target = all[at === -1 ? all.length - 1 : Math.min(Math.max(at + by, 0), all.length - 1)];
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: "nearest" });
}
