import { ArrowDown, Pencil } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import type { ChatSession } from "../chat-session";
import type { AskScope } from "../scope";
import type { Turn } from "../use-chat";
import { Answer } from "./answer";

interface ThreadProps {
  session: ChatSession;
  turns: Turn[];
  onSource: (messageId: string, n: number) => void;
  onAsk: (question: string, scope?: AskScope) => void;
  onEdit: (messageId: string, content: string) => void;
}

const NEAR_PX = 96;
const DRAWN = 6;

/** Questions and answers. The end is followed only while one is near it. */
export function Thread({ session, turns, onSource, onAsk, onEdit }: ThreadProps) {
  const words = useWords();
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  const [isBelow, setBelow] = useState(false);
  const count = turns.length;
  const last = turns.at(-1);
  const isWriting = last?.live !== null && last?.live !== undefined;

  const toEnd = () => {
    const element = scroller.current;
    follows.current = true;
    setBelow(false);
    if (element) element.scrollTop = element.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question is always gone to
  useLayoutEffect(toEnd, [count]);
  useEffect(() => {
    const list = content.current;
    if (list === null) return;
    let height = list.offsetHeight;
    const observer = new ResizeObserver(() => {
      const grew = list.offsetHeight > height;
      height = list.offsetHeight;
      const element = scroller.current;
      if (element === null || !grew) return;
      if (follows.current) element.scrollTop = element.scrollHeight;
      else setBelow(true);
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, []);

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        data-scroller
        data-pane="answers"
        aria-label={words("chat.answers")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-x-hidden overflow-y-auto px-4 focus-visible:-outline-offset-2"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
          if (follows.current) setBelow(false);
        }}
      >
        <ol ref={content} className="mx-auto flex max-w-3xl flex-col gap-6 py-6">
          {turns.map((turn, index) => (
            <li
              key={turn.key}
              className={`flex flex-col gap-3 ${index < count - DRAWN ? "[contain-intrinsic-size:auto_16rem] [content-visibility:auto]" : ""}`}
            >
              {turn.question || turn.asked !== null ? (
                <Question
                  text={turn.question?.content ?? turn.asked ?? ""}
                  onEdit={
                    turn.question && !isWriting
                      ? () => turn.question && onEdit(turn.question.id, turn.question.content)
                      : null
                  }
                />
              ) : null}
              {turn.answer || turn.live ? (
                <Answer
                  session={session}
                  turn={turn}
                  isLast={index === count - 1}
                  onSource={onSource}
                  onAsk={onAsk}
                />
              ) : null}
            </li>
          ))}
        </ol>
      </section>
      {isBelow && isWriting ? (
        <Button
          icon={ArrowDown}
          className="absolute inset-x-0 bottom-3 mx-auto w-fit shadow-popover"
          onPress={toEnd}
        >
          {words("chat.below")}
        </Button>
      ) : null}
    </div>
  );
}

function Question({ text, onEdit }: { text: string; onEdit: (() => void) | null }) {
  const words = useWords();
  return (
    <div className="group flex items-start justify-end gap-1">
      {onEdit ? (
        <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <IconButton icon={Pencil} label={words("chat.edit")} onPress={onEdit} />
        </span>
      ) : null}
      <p
        dir="auto"
        className="max-w-[85%] rounded-md bg-selected px-3 py-2 whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        <span className="sr-only">{words("chat.you")}: </span>
        {text}
      </p>
    </div>
  );
}
