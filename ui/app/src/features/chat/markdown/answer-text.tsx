import { createContext, memo, useContext, useMemo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { utf16Index } from "@/lib/codepoints";
import { type MessageId, useWords } from "@/lib/i18n";
import type { Citation, Message } from "../live-answer";
import { type Annotations, annotate, type Mark } from "./annotate";
import { type Block, blocksOf } from "./blocks";

interface AnswerTextProps {
  content: string;
  citations: Citation[];
  claims: Message["claims"];
  onSource: (n: number) => void;
}

/** What the numbers of an answer stand for: its elements stay what they are when this changes. */
const SourcesOfAnswer = createContext<{
  titles: ReadonlyMap<number, string>;
  onSource: (n: number) => void;
}>({ titles: new Map(), onSource: () => {} });

/** An answer's Markdown as elements: no HTML of its own, and images become links. */
export function AnswerText({ content, citations, claims, onSource }: AnswerTextProps) {
  const titles = useMemo(() => new Map(citations.map(({ n, title }) => [n, title])), [citations]);
  const sources = useMemo(() => ({ titles, onSource }), [titles, onSource]);
  const known = useMemo(() => new Set(titles.keys()), [titles]);
  const marks = useMemo(
    () =>
      claims
        .filter((claim) => !claim.supported)
        .map(({ start, end, reason }) => ({
          start: utf16Index(content, start),
          end: utf16Index(content, end),
          reason: reason ?? "wording",
        })),
    [content, claims],
  );
  return (
    <SourcesOfAnswer value={sources}>
      <div className="reading max-w-none text-14" dir="auto">
        {blocksOf(content).map((block) => (
          <MarkdownBlock key={block.start} text={block.text} known={known} marks={within(block, marks)} />
        ))}
      </div>
    </SourcesOfAnswer>
  );
}

const NONE: Mark[] = [];

/** The marks of a block, counted from its beginning; always the same list for none. */
function within(block: Block, marks: Mark[]): Mark[] {
  const end = block.start + block.text.length;
  const own = marks
    .filter((mark) => mark.start < end && mark.end > block.start)
    .map((mark) => ({ ...mark, start: mark.start - block.start, end: mark.end - block.start }));
  return own.length > 0 ? own : NONE;
}

interface BlockProps {
  text: string;
  known: ReadonlySet<number>;
  marks: Mark[];
}

/** Parsed again only when its own text changes. */
const MarkdownBlock = memo(function MarkdownBlock({ text, known, marks }: BlockProps) {
  const plugins = useMemo(() => {
    const annotations: Annotations = { known, marks };
    return [remarkGfm, () => annotate(annotations)];
  }, [known, marks]);
  return (
    <Markdown remarkPlugins={plugins} components={COMPONENTS} skipHtml>
      {text}
    </Markdown>
  );
});

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      children
    ),
  img: ({ src, alt }) =>
    typeof src === "string" && src ? (
      <a href={src} target="_blank" rel="noopener noreferrer">
        {alt || src}
      </a>
    ) : (
      alt
    ),
  cite: (given) => <CitationChip n={Number((given as Record<string, unknown>)["data-n"])} />,
  ins: (given) => {
    const told = given as Record<string, unknown>;
    return (
      <Claim reason={String(told["data-reason"])} isLast={told["data-last"] !== undefined}>
        {given.children}
      </Claim>
    );
  },
  input: ({ checked }) => <span>{checked ? "☑ " : "☐ "}</span>,
};

function CitationChip({ n }: { n: number }) {
  const words = useWords();
  const { titles, onSource } = useContext(SourcesOfAnswer);
  const name = words("chat.source.name", { n, title: titles.get(n) ?? "" });
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      data-source={n}
      onClick={() => onSource(n)}
      className="mx-0.5 inline-flex h-6 min-w-6 items-center justify-center rounded-sm border border-line bg-surface px-1 align-baseline text-12 font-medium text-accent tabular-nums hover:bg-selected"
    >
      {n}
    </button>
  );
}

/** Something that the answer states and its sources do not. */
function Claim({ reason, isLast, children }: { reason: string; isLast: boolean; children: React.ReactNode }) {
  const words = useWords();
  const said = words(`chat.claim.${reason}` as MessageId);
  return (
    <span title={said} className="underline decoration-warn decoration-wavy decoration-1 underline-offset-4">
      {children}
      {isLast ? <span className="sr-only"> ({said})</span> : null}
    </span>
  );
}
