import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { Pane } from "@/components/pane";
import { Chip } from "@/components/ui/chip";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { whenThere } from "@/lib/load-later";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useWide } from "@/lib/use-wide";
import { useAllowedTools, useRevokeTool } from "../api/use-conversations";
import { useKept } from "../kept";
import { type AskScope, EVERYTHING, scopeOf } from "../scope";
import { sourceOf } from "../search-params";
import { ask, askAgain, type Turn, useChat } from "../use-chat";
import { useThreadCommands } from "../use-thread-commands";
import { ChatFrame } from "./chat-frame";
import { Composer } from "./composer";
import { Spoken } from "./spoken";
import { Thread } from "./thread";

const SourcePassage = lazy(() =>
  whenThere(async () => ({ default: (await import("./source-passage")).SourcePassage })),
);

interface ConversationPaneProps {
  id: string;
  source: string | undefined;
  onSource: (source: string | null) => void;
}

/** One conversation: its messages, where one asks, and the source that is looked at. */
export function ConversationPane({ id, source, onSource }: ConversationPaneProps) {
  const words = useWords();
  const wide = useWide();
  const { conversation, session, live, turns } = useChat(id);
  const scope = useScope(id, turns, conversation.data ? scopeOf(conversation.data.scope) : EVERYTHING);
  const setScope = useKept((state) => state.setScope);
  const [edited, setEdited] = useState<string | null>(null);
  const title = conversation.data?.title ?? words("chat.title");
  useDocumentTitle(title);

  const shown = sourceOf(source);
  const citations = citationsOf(turns, shown?.messageId);
  const open = useCallback((messageId: string, n: number) => onSource(`${messageId}.${n}`), [onSource]);
  const isAnswering = live !== null && live.phase !== "ended";
  const waits = live?.phase === "approval";
  const last = turns.findLast((turn) => turn.question !== null)?.question;
  const endEditing = () => {
    setEdited(null);
    useKept.getState().setDraft(id, "");
  };
  useThreadCommands({
    canStop: isAnswering,
    stop: () => session.stop(),
    closeSource: edited ? endEditing : shown ? () => onSource(null) : null,
    sources: turns.flatMap(({ live: making, answer }) =>
      (making?.citations ?? answer?.citations ?? []).map(({ n }) => n),
    ),
    onSource: open,
  });

  const onAsk = (question: string, within: AskScope = scope) => {
    const messageId = edited;
    setEdited(null);
    if (messageId !== null) void askAgain(session, messageId, question);
    else void ask(session, question, within);
  };
  const passage =
    shown && citations ? (
      <Suspense fallback={<Loading />}>
        <SourcePassage
          citations={citations}
          n={shown.n}
          onChoose={(n) => open(shown.messageId, n)}
          onClose={wide ? () => onSource(null) : null}
        />
      </Suspense>
    ) : null;
  return (
    <ChatFrame
      title={title}
      current={id}
      beside={
        passage && wide ? (
          <Pane
            as="aside"
            name="chat.source"
            usual={26}
            edge="start"
            aria-label={words("chat.sources")}
            data-pane="source"
            className="border-s border-line bg-surface"
            data-scroller
          >
            {passage}
          </Pane>
        ) : null
      }
    >
      {conversation.isPending ? (
        <div className="min-h-0 flex-1">
          <div className="mx-auto max-w-3xl">
            <Loading>
              <Skeleton lines={10} />
            </Loading>
          </div>
        </div>
      ) : conversation.isError ? (
        <div className="min-h-0 flex-1 overflow-auto">
          <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
        </div>
      ) : (
        <Thread
          session={session}
          turns={turns}
          onSource={open}
          onAsk={(question, within) => {
            if (within) setScope(id, within);
            onAsk(question, within);
          }}
          onEdit={(messageId, content) => {
            setEdited(messageId);
            useKept.getState().setDraft(id, content);
          }}
        />
      )}
      <Spoken live={live} />
      {conversation.isError ? null : (
        <Composer
          conversation={id}
          scope={scope}
          onScope={(changed) => setScope(id, changed)}
          isAnswering={isAnswering}
          mayAsk={!isAnswering || waits}
          onAsk={(question) => onAsk(question)}
          onStop={() => session.stop()}
          isEditing={edited !== null}
          onEndEditing={endEditing}
          allowed={<AllowedTools id={id} />}
          {...(last && !isAnswering
            ? {
                onEditLast: () => {
                  setEdited(last.id);
                  useKept.getState().setDraft(id, last.content);
                },
              }
            : {})}
        />
      )}
      <Dialog
        title={words("chat.sources")}
        isOpen={passage !== null && !wide}
        onClose={() => onSource(null)}
        placement="side"
      >
        {passage}
      </Dialog>
    </ChatFrame>
  );
}

/** What was chosen here, else what the last question was asked of, else what the conversation began with. */
function useScope(id: string, turns: Turn[], began: AskScope): AskScope {
  const chosen = useKept((state) => state.scopes[id]);
  return useMemo(() => {
    const last = turns.findLast((turn) => turn.question !== null)?.question;
    return chosen ?? (last ? scopeOf(last.scope) : began);
  }, [chosen, turns, began]);
}

function citationsOf(turns: Turn[], messageId: string | undefined) {
  const turn = turns.find((each) => each.answer?.id === messageId || each.live?.messageId === messageId);
  return turn?.live?.citations ?? turn?.answer?.citations;
}

/** What needs no approval in this conversation, until it is taken back. */
function AllowedTools({ id }: { id: string }) {
  const words = useWords();
  const allowed = useAllowedTools(id);
  const revoke = useRevokeTool(id);
  return allowed.data?.tools.map((tool) => (
    <Chip
      key={tool}
      onRemove={() => revoke.mutate(tool)}
      removeLabel={words("chat.allowed.revoke", { tool })}
    >
      {words("chat.allowed", { tool })}
    </Chip>
  ));
}
