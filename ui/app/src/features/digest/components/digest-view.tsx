import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { History, Newspaper, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { ViewTitle } from "@/components/ui/view-title";
import { dateAndTime, fromNow } from "@/lib/format";
import { type MessageId, useWords } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useWide } from "@/lib/use-wide";
import {
  type Citation,
  type Digest,
  type Line,
  useDigest,
  useDigests,
  useDigestWrite,
  useMakeDigest,
} from "../api";
import { Citations, DigestLine } from "./digest-line";
import { EarlierDigests } from "./earlier-digests";

const oneRoute = getRouteApi("/digest/$digestId");

/** The latest digest. */
export function LatestDigestView() {
  const digests = useDigests();
  return <DigestFrame chosen={digests.data?.items[0]?.id} />;
}

export function DigestView() {
  const { digestId } = oneRoute.useParams();
  return <DigestFrame chosen={digestId} />;
}

function DigestFrame({ chosen }: { chosen: string | undefined }) {
  const words = useWords();
  const navigate = useNavigate();
  const digests = useDigests();
  const digest = useDigest(chosen);
  const make = useMakeDigest((id) => void navigate({ to: "/digest/$digestId", params: { digestId: id } }));
  useDocumentTitle(words("digest.title"));
  const wide = useWide();
  const [isListOpen, setListOpen] = useState(false);
  const earlier = digests.data && digests.data.items.length > 1 ? digests.data.items : null;
  const isGone = digest.isError && asProblem(digest.error).status === 404;
  const schedule = digests.data?.schedule;
  const next =
    schedule?.enabled && schedule.next_at
      ? words("digest.next", { when: fromNow(schedule.next_at) })
      : words("digest.off");
  const button = (
    <Button kind="primary" icon={Newspaper} isDisabled={make.isPending} onPress={() => make.mutate()}>
      {words(make.isPending ? "digest.making" : "digest.make")}
    </Button>
  );
  return (
    <section className="flex h-full">
      <div className="min-w-0 flex-1 overflow-auto p-4" data-scroller>
        <div className="mx-auto max-w-2xl">
          <header className="mb-4 flex flex-wrap items-center gap-3">
            <ViewTitle className="flex-1">{words("digest.title")}</ViewTitle>
            {earlier && !wide ? (
              <IconButton icon={History} label={words("digest.earlier")} onPress={() => setListOpen(true)} />
            ) : null}
            {digests.data && digests.data.total > 0 ? button : null}
          </header>
          {digests.isPending || (chosen !== undefined && digest.isPending) ? (
            <Loading>
              <Skeleton lines={10} />
            </Loading>
          ) : null}
          {digests.isError ? (
            <ErrorState error={digests.error} onRetry={() => void digests.refetch()} />
          ) : null}
          {isGone ? (
            <EmptyState
              title={words("digest.gone")}
              action={
                <Button onPress={() => void navigate({ to: "/digest" })}>{words("digest.latest")}</Button>
              }
            />
          ) : digest.isError ? (
            <ErrorState error={digest.error} onRetry={() => void digest.refetch()} />
          ) : null}
          {digests.data?.total === 0 ? (
            <EmptyState title={words("digest.empty")} action={button}>
              {next}
            </EmptyState>
          ) : null}
          {digest.data && !isGone ? <DigestShown digest={digest.data} /> : null}
          {digests.data && digests.data.total > 0 ? <p className="mt-6 text-13 text-muted">{next}</p> : null}
        </div>
      </div>
      {earlier && wide ? (
        <nav
          aria-label={words("digest.earlier")}
          className="w-56 shrink-0 overflow-auto border-s border-line p-4"
        >
          <h2 className="mb-2 text-13 text-muted">{words("digest.earlier")}</h2>
          <EarlierDigests digests={earlier} />
        </nav>
      ) : null}
      <Dialog
        title={words("digest.earlier")}
        isOpen={isListOpen && !wide && earlier !== null}
        onClose={() => setListOpen(false)}
        placement="side"
      >
        {earlier ? <EarlierDigests digests={earlier} onChosen={() => setListOpen(false)} /> : null}
      </Dialog>
    </section>
  );
}

function DigestShown({ digest }: { digest: Digest }) {
  const words = useWords();
  const write = useDigestWrite();
  const navigate = useNavigate();
  const { body } = digest;
  if (digest.status === "pending") return <p role="status">{words("digest.making")}</p>;
  if (digest.status === "failed" || body === null || body === undefined)
    return <p className="text-danger">{digest.error ?? words("digest.failed")}</p>;
  const cited = citationsByNumber(body);
  const sections: { title: MessageId; lines: Line[] }[] = [
    { title: "digest.connected", lines: body.connected },
    { title: "digest.forgotten", lines: body.forgotten },
    { title: "digest.unread", lines: body.unread },
    { title: "digest.tasks", lines: body.tasks },
    { title: "digest.dead", lines: body.dead_links },
  ];
  return (
    <article>
      <div className="flex items-start gap-2">
        <p className="flex-1 text-13 text-muted">
          {words("digest.period", { since: dateAndTime(digest.since), until: dateAndTime(digest.until) })}
          <br />
          {digest.written_by === "extractive" || !digest.written_by
            ? words("digest.by.extractive")
            : words("digest.by.model", { model: digest.written_by })}
        </p>
        <IconButton
          icon={Trash2}
          label={words("digest.delete")}
          onPress={() => {
            write.mutate({ kind: "delete", id: digest.id });
            void navigate({ to: "/digest" });
          }}
        />
      </div>
      {digest.is_empty ? <p className="my-4">{words("digest.nothing")}</p> : null}
      {body.introduction.map((sentence) => (
        <p key={sentence.text} className="mt-3" dir="auto">
          {sentence.text} <Citations citations={numbered(cited, sentence.citations)} />
        </p>
      ))}
      {body.themes.length > 0 ? <h2 className="mt-6 text-16">{words("digest.new")}</h2> : null}
      {body.themes.map((theme) => (
        <section key={theme.heading} className="mt-3">
          <h3 className="text-14 text-muted" dir="auto">
            {theme.heading}
          </h3>
          {theme.sentence ? (
            <p dir="auto">
              {theme.sentence.text} <Citations citations={numbered(cited, theme.sentence.citations)} />
            </p>
          ) : null}
          <ul>
            {theme.lines.map((line) => (
              <DigestLine key={`${line.item_id} ${line.text}`} digestId={digest.id} line={line} />
            ))}
          </ul>
          {theme.more > 0 ? (
            <p className="mt-1 text-13 text-muted">{words("digest.more", { count: theme.more })}</p>
          ) : null}
        </section>
      ))}
      {sections
        .filter(({ lines }) => lines.length > 0)
        .map(({ title, lines }) => (
          <section key={title} className="mt-6">
            <h2 className="text-16">{words(title)}</h2>
            <ul>
              {lines.map((line) => (
                <DigestLine
                  key={`${line.item_id ?? line.task_id} ${line.text}`}
                  digestId={digest.id}
                  line={line}
                />
              ))}
            </ul>
          </section>
        ))}
      {body.links ? <p className="mt-4 text-13 text-muted">{body.links}</p> : null}
      {body.withheld > 0 ? (
        <p className="mt-2 text-13 text-muted">{words("digest.withheld", { count: body.withheld })}</p>
      ) : null}
    </article>
  );
}

/** Every citation of the digest's lines by its number, which its sentences refer to. */
function citationsByNumber(body: NonNullable<Digest["body"]>): Map<number, Citation> {
  const lines = [
    ...body.themes.flatMap((theme) => theme.lines),
    ...body.connected,
    ...body.forgotten,
    ...body.unread,
    ...body.tasks,
    ...body.dead_links,
  ];
  return new Map(lines.flatMap((line) => line.citations).map((citation) => [citation.n, citation]));
}

function numbered(cited: Map<number, Citation>, numbers: number[]): Citation[] {
  return numbers.map((number) => cited.get(number)).filter((citation) => citation !== undefined);
}
