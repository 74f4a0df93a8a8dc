/** A conversation as it is shown: what is stored, with the answer in the making in its place. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { t } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";
import { tellProblem, useNotices } from "@/lib/undo";
import { type ConversationWithMessages, conversationKey, useConversation } from "./api/use-conversations";
import { type ChatSession, sessionOf } from "./chat-session";
import { useKept } from "./kept";
import type { LiveAnswer, Message } from "./live-answer";
import type { AskScope } from "./scope";

export interface Turn {
  key: string;
  question: Message | null;
  /** Of a question that is on its way. */
  asked: string | null;
  answer: Message | null;
  /** While it is made. */
  live: LiveAnswer | null;
}

export function useChat(id: string) {
  const queries = useQueryClient();
  const session = sessionOf(id);
  const live = useSyncExternalStore(session.subscribe, session.get);
  const conversation = useConversation(id);
  const stored = conversation.data?.messages;
  useEffect(() => listen(session, queries), [session, queries]);

  const last = stored?.at(-1);
  useEffect(() => {
    if (last?.status === "streaming" || last?.status === "waiting") session.attend(last);
  }, [session, last]);

  const turns = useMemo(() => turnsOf(stored ?? [], live), [stored, live]);
  return { conversation, session, live, turns };
}

/** Ask; when Cortex cannot be reached, the words go back to where they were written. */
export async function ask(session: ChatSession, content: string, scope: AskScope): Promise<void> {
  try {
    await session.ask({ content, scope, model: useKept.getState().model });
  } catch (error) {
    useKept.getState().setDraft(session.id, content);
    tellProblem(error);
  }
}

export async function askAgain(
  session: ChatSession,
  messageId: string,
  content: string | null = null,
): Promise<void> {
  try {
    const undoId = await session.askAgain(messageId, content, useKept.getState().model);
    if (undoId !== null)
      useNotices.getState().tell(t(content === null ? "chat.again.done" : "chat.edit.done"), { undoId });
  } catch (error) {
    if (content !== null) useKept.getState().setDraft(session.id, content);
    tellProblem(error);
  }
}

function listen(session: ChatSession, queries: QueryClient): void {
  const key = conversationKey(session.id);
  session.events = {
    stored: (message) => {
      if (message !== null)
        queries.setQueryData<ConversationWithMessages>(
          key,
          (old) =>
            old && {
              ...old,
              messages: old.messages.map((each) => (each.id === message.id ? message : each)),
            },
        );
      void queries.invalidateQueries({ queryKey: key });
    },
    refused: (question, problem) => {
      if (problem.code !== "unheard") {
        if (question) useKept.getState().setDraft(session.id, question);
        return tellProblem(problem);
      }
      void queries.invalidateQueries({ queryKey: key }).then(() => {
        const messages = queries.getQueryData<ConversationWithMessages>(key)?.messages ?? [];
        const arrived = messages.findLast((each) => each.role === "user")?.content === question;
        if (arrived) return;
        useKept.getState().setDraft(session.id, question);
        tellProblem(asProblem(new Error(t("chat.unheard"))));
      });
    },
  };
}

/** Questions with their answers. */
export function turnsOf(messages: Message[], live: LiveAnswer | null): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === "user")
      turns.push({ key: message.id, question: message, asked: null, answer: null, live: null });
    else {
      const open = turns.at(-1);
      if (open && open.answer === null) open.answer = message;
      else turns.push({ key: message.id, question: null, asked: null, answer: message, live: null });
    }
  }
  if (live === null) return turns;
  const own = turns.find((turn) => turn.answer !== null && turn.answer.id === live.messageId);
  if (own?.answer) {
    const isOpen = own.answer.status === "streaming" || own.answer.status === "waiting";
    if (live.phase !== "ended" && (isOpen || live.phase === "lost")) own.live = live;
    // What was read may be older than what was heard.
    else if (isOpen && live.message) own.answer = live.message;
  } else if (live.phase !== "ended" && live.question !== null)
    turns.push({ key: "asked", question: null, asked: live.question, answer: null, live });
  return turns;
}
