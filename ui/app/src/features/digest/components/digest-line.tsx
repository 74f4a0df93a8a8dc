import { Link } from "@tanstack/react-router";
import { Archive, ThumbsDown } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { useChangeItem } from "@/lib/items";
import { type Citation, type Line, useDigestWrite } from "../api";

/** The address of a cited passage. */
export function addressOf(citation: Citation): string {
  const at = citation.start === null || citation.end === null ? "" : `?at=${citation.start}-${citation.end}`;
  return `/item/${citation.item_id}${at}`;
}

/** One line: what, why it stands here, and the passages that it stands on. */
export function DigestLine({ digestId, line }: { digestId: string; line: Line }) {
  const words = useWords();
  const write = useDigestWrite();
  const change = useChangeItem();
  const { item_id: itemId } = line;
  return (
    <li className="group flex items-start gap-2 border-b border-line py-2.5">
      <div className="min-w-0 flex-1">
        <p className="font-medium" dir="auto">
          {itemId ? <Link to={`/item/${itemId}` as string}>{line.title}</Link> : line.title}
        </p>
        {line.text && line.text !== line.title ? (
          <p className="mt-0.5" dir="auto">
            {line.text} <Citations citations={line.citations} />
          </p>
        ) : (
          <Citations citations={line.citations} />
        )}
        <p className="mt-0.5 text-12 text-muted" dir="auto">
          {line.reason}
        </p>
      </div>
      {itemId ? (
        <span className="flex">
          <IconButton
            icon={Archive}
            label={words("digest.archive")}
            onPress={() => change.mutate({ id: itemId, change: { archived: true }, said: "items.archived" })}
          />
          <IconButton
            icon={ThumbsDown}
            label={words("digest.less")}
            onPress={() => write.mutate({ kind: "less", id: digestId, itemId })}
          />
        </span>
      ) : null}
    </li>
  );
}

export function Citations({ citations }: { citations: Citation[] }) {
  const words = useWords();
  return citations.map((citation) => (
    <Link
      key={citation.n}
      to={addressOf(citation) as string}
      title={citation.quote ?? citation.title}
      aria-label={words("digest.source", { quote: citation.quote ?? citation.title })}
      className="ms-0.5 inline-flex min-h-6 min-w-6 items-center justify-center rounded-sm border border-line px-1 text-12 no-underline hover:bg-selected"
    >
      {citation.n}
    </Link>
  ));
}
