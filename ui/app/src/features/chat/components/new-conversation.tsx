import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { useCommandRegistry } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { tellProblem } from "@/lib/undo";
import { useDocumentTitle } from "@/lib/use-document-title";
import { createConversation } from "../api/use-conversations";
import { useRecentItems, useTitles } from "../api/use-library";
import { sessionOf } from "../chat-session";
import { NEW, useKept } from "../kept";
import { type AskScope, isEverything, readScope, writeScope } from "../scope";
import { ask } from "../use-chat";
import { ChatFrame } from "./chat-frame";
import { Composer } from "./composer";

interface NewConversationProps {
  scope: string | undefined;
  onScope: (scope: string | undefined) => void;
  onBegun: (id: string) => void;
}

/** A conversation that begins with its first question. */
export function NewConversation({ scope: scopeText, onScope, onBegun }: NewConversationProps) {
  const words = useWords();
  const scope = readScope(scopeText);
  const [isBeginning, setBeginning] = useState(false);
  useDocumentTitle(words("chat.title"));
  const begin = async (question: string) => {
    setBeginning(true);
    try {
      const { id } = await createConversation(scope);
      await ask(sessionOf(id), question, scope);
      onBegun(id);
    } catch (error) {
      useKept.getState().setDraft(NEW, question);
      setBeginning(false);
      tellProblem(error);
    }
  };
  return (
    <ChatFrame title={words("chat.new")} current={null}>
      <div className="min-h-0 flex-1 overflow-auto" data-pane="answers">
        {isEverything(scope) ? (
          <FirstQuestions onAsk={(question) => void begin(question)} />
        ) : (
          <QuestionsAbout scope={scope} onAsk={(question) => void begin(question)} />
        )}
      </div>
      <Composer
        conversation={NEW}
        scope={scope}
        onScope={(changed) => onScope(writeScope(changed))}
        isAnswering={isBeginning}
        mayAsk={!isBeginning}
        onAsk={(question) => void begin(question)}
      />
    </ChatFrame>
  );
}

/** Three questions that one's own items can answer. */
function FirstQuestions({ onAsk }: { onAsk: (question: string) => void }) {
  const words = useWords();
  const recent = useRecentItems();
  const capture = useCommandRegistry((state) => state.commands.find((command) => command.id === "capture"));
  if (!recent.data) return null;
  const [first, second = first, third = second] = recent.data.items.map((item) => item.title);
  if (first === undefined || second === undefined || third === undefined)
    return (
      <EmptyState
        title={words("chat.first.empty")}
        action={
          capture ? (
            <Button kind="primary" onPress={capture.run}>
              {words("command.capture")}
            </Button>
          ) : null
        }
      >
        {words("chat.first.empty.text")}
      </EmptyState>
    );
  return (
    <Questions
      onAsk={onAsk}
      questions={[
        words("chat.first.about", { title: first }),
        words("chat.first.points", { title: second }),
        words("chat.first.more", { title: third }),
      ]}
    />
  );
}

/** The same of the items that are asked about. */
function QuestionsAbout({ scope, onAsk }: { scope: AskScope; onAsk: (question: string) => void }) {
  const words = useWords();
  const titles = Object.values(useTitles(scope.item_ids)).slice(0, 2);
  if (titles.length === 0) return null;
  return (
    <Questions
      onAsk={onAsk}
      questions={titles.flatMap((title) => [
        words("chat.first.about", { title }),
        words("chat.first.points", { title }),
      ])}
    />
  );
}

function Questions({ questions, onAsk }: { questions: string[]; onAsk: (question: string) => void }) {
  const words = useWords();
  return (
    <EmptyState
      title={words("chat.first.title")}
      action={
        <ul className="flex w-full flex-col gap-2">
          {questions.map((question) => (
            <li key={question}>
              <Button
                className="h-auto w-full justify-start py-2 text-start font-normal! whitespace-normal!"
                onPress={() => onAsk(question)}
              >
                {question}
              </Button>
            </li>
          ))}
        </ul>
      }
    >
      {words("chat.first.text")}
    </EmptyState>
  );
}
