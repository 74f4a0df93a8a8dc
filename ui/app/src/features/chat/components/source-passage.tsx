import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { Passage as PassageText } from "@/components/passage";
import { Button, IconButton } from "@/components/ui/button";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { codePointIndex, utf16Index } from "@/lib/codepoints";
import { useWords } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";
import { useItem } from "../api/use-library";
import type { Citation } from "../live-answer";

interface SourcePassageProps {
  citations: Citation[];
  n: number;
  onChoose: (n: number) => void;
  onClose: (() => void) | null;
}

/** The cited passage within the saved copy. In a sheet, the sheet closes it. */
export function SourcePassage({ citations, n, onChoose, onClose }: SourcePassageProps) {
  const words = useWords();
  const index = citations.findIndex((citation) => citation.n === n);
  const citation = citations[index];
  if (citation === undefined) return null;
  const next = citations[(index + 1) % citations.length];
  return (
    <article className="flex flex-col">
      <header
        className={
          onClose
            ? "sticky top-0 flex flex-wrap items-center gap-x-1 border-b border-line bg-surface py-2 ps-4 pe-2"
            : "flex flex-wrap items-center gap-x-1 pb-3"
        }
      >
        <h2 className="min-w-0 flex-1 truncate text-14 font-semibold" dir="auto" title={citation.title}>
          {words("chat.source.name", { n, title: citation.title })}
        </h2>
        <OpenLink citation={citation} />
        {next && next.n !== n ? (
          <Button kind="quiet" className="px-2!" onPress={() => onChoose(next.n)}>
            {words("chat.source.next")}
          </Button>
        ) : null}
        {onClose ? <IconButton icon={X} label={words("action.close")} onPress={onClose} /> : null}
      </header>
      <div className={`flex flex-col gap-3 ${onClose ? "p-4" : ""}`}>
        <Passage key={`${citation.item_id} ${citation.n}`} citation={citation} />
      </div>
    </article>
  );
}

function OpenLink({ citation }: { citation: Citation }) {
  const words = useWords();
  const item = useItem(citation.item_id);
  if (!item.data) return null;
  const text = item.data.content_text ?? "";
  const place = placeOf(text, item.data.content_version, citation);
  const at = place ? `?at=${codePointIndex(text, place.start)}-${codePointIndex(text, place.end)}` : "";
  return (
    <Link to={`/item/${citation.item_id}${at}` as string} className="px-2">
      {words("chat.source.open")}
    </Link>
  );
}

function Passage({ citation }: { citation: Citation }) {
  const words = useWords();
  const item = useItem(citation.item_id);
  if (item.isPending)
    return (
      <Loading>
        <Skeleton lines={10} />
      </Loading>
    );
  if (item.isError) {
    if (asProblem(item.error).status === 404)
      return <Quote quote={citation.quote} said={words("chat.source.gone")} />;
    return <ErrorState error={item.error} onRetry={() => void item.refetch()} />;
  }
  const text = item.data.content_text ?? "";
  const place = placeOf(text, item.data.content_version, citation);
  if (place === null) return <Quote quote={citation.quote} said={words("chat.source.changed")} />;
  return (
    <>
      {citation.page === null ? null : (
        <p className="text-13 text-muted">{words("chat.source.page", { page: citation.page })}</p>
      )}
      {citation.verified ? null : <p className="text-13 text-warn">{words("chat.source.unverified")}</p>}
      <PassageText
        html={item.data.content_html ?? ""}
        text={text}
        language={item.data.language}
        passage={{ start: codePointIndex(text, place.start), end: codePointIndex(text, place.end) }}
      />
    </>
  );
}

function Quote({ quote, said }: { quote: string; said: string }) {
  return (
    <>
      <p className="text-13 text-warn">{said}</p>
      <blockquote className="border-s-2 border-warn ps-3 whitespace-pre-line" dir="auto">
        {quote}
      </blockquote>
    </>
  );
}

/** Where the cited words stand: by their offsets in the version that was cited, else wherever they are now. */
export function placeOf(
  text: string,
  version: number,
  citation: Pick<Citation, "start" | "end" | "quote" | "content_version">,
): { start: number; end: number } | null {
  if (version === citation.content_version)
    return { start: utf16Index(text, citation.start), end: utf16Index(text, citation.end) };
  const start = text.indexOf(citation.quote);
  return start === -1 ? null : { start, end: start + citation.quote.length };
}
