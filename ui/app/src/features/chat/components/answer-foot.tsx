import { ClipboardCopy, NotebookPen, RotateCw } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { api, unwrapWrite } from "@/lib/api";
import { t, useWords } from "@/lib/i18n";
import { locale } from "@/lib/locale";
import { tellProblem, useNotices } from "@/lib/undo";
import { useModels } from "../api/use-library";
import type { ChatSession } from "../chat-session";
import type { Message } from "../live-answer";
import { askAgain } from "../use-chat";

const dollars = new Intl.NumberFormat(locale, {
  style: "currency",
  currency: "USD",
  maximumSignificantDigits: 2,
});

interface AnswerFootProps {
  answer: Message;
  /** What is shown of it. */
  content: string;
  question: string;
  session: ChatSession;
}

/** Who wrote it and where, what it took, and what can be done with it. */
export function AnswerFoot({ answer, content, question, session }: AnswerFootProps) {
  const words = useWords();
  const models = useModels();
  if (answer.status === "waiting" || answer.status === "streaming") return null;
  const { provider, model, usage } = answer;
  const known = models.data?.items.find((each) => each.provider === provider && each.model === model);
  const told = session.toldOf(answer.id);
  const isExtractive = provider === "embedded";
  const isLocal = known?.local ?? told?.local;
  const place = known?.place ?? provider ?? "";
  const sent = isLocal === false ? new Set(answer.citations.map((citation) => citation.item_id)).size : 0;
  const who = (() => {
    if (isExtractive)
      return words(answer.found !== false && content ? "chat.extractive" : "place.extractive");
    if (isLocal) return words("place.local", { model: model ?? "" });
    if (known) return words("chat.by.cloud", { place, model: known.model });
    return words("chat.by.other", { provider: provider ?? "", model: model ?? "" });
  })();
  const milliseconds = Date.parse(answer.updated_at) - Date.parse(answer.created_at);
  return (
    <footer className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-12 text-muted">
      <span>{who}</span>
      {usage && usage.total_tokens > 0 ? (
        <span className="tabular-nums">
          {words("chat.usage", {
            tokens: usage.total_tokens,
            seconds: Math.round(milliseconds / 100) / 10,
          })}
        </span>
      ) : null}
      {usage && usage.cost_usd > 0 ? <span>{dollars.format(usage.cost_usd)}</span> : null}
      {told?.message && !isExtractive ? <span>{told.message}</span> : null}
      {sent > 0 ? <span>{words("chat.sent", { count: sent, place })}</span> : null}
      {told && told.withheld > 0 ? (
        <span className="text-warn">{words("chat.withheld", { count: told.withheld })}</span>
      ) : null}
      <span className="ms-auto flex">
        {content ? (
          <>
            <IconButton
              icon={ClipboardCopy}
              label={words("chat.copy")}
              onPress={() => void copy(withSources(content, answer))}
            />
            <IconButton
              icon={NotebookPen}
              label={words("chat.note")}
              onPress={() => void saveNote(question, withSources(content, answer))}
            />
          </>
        ) : null}
        <IconButton
          icon={RotateCw}
          label={words("chat.again")}
          isDisabled={session.isBusy}
          onPress={() => void askAgain(session, answer.id)}
        />
      </span>
    </footer>
  );
}

/** The answer in Markdown, with what its numbers stand for. */
export function withSources(content: string, answer: Pick<Message, "citations">): string {
  if (answer.citations.length === 0) return content;
  const lines = answer.citations.map(
    ({ n, title, url, item_id, page }) =>
      `[${n}] ${title}${page === null ? "" : `, ${t("chat.source.page", { page })}`}, ${url ?? `${location.origin}/item/${item_id}`}`,
  );
  return `${content}\n\n${t("chat.copy.sources")}\n\n${lines.join("\n\n")}\n`;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    useNotices.getState().tell(t("chat.copied"));
  } catch (error) {
    tellProblem(error);
  }
}

async function saveNote(title: string, content: string): Promise<void> {
  try {
    const { data, undoId } = await unwrapWrite(
      api.POST("/api/items", {
        body: {
          source: "ui",
          content,
          content_type: "text/markdown",
          tags: [],
          local_only: false,
          ...(title ? { title: title.slice(0, 200) } : {}),
        },
      }),
    );
    useNotices.getState().tell(t("chat.noted"), { undoId, itemId: data.id });
  } catch (error) {
    tellProblem(error);
  }
}
