import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { useSlow } from "@/lib/use-slow";
import type { SearchAnswer, Suggestion } from "../api/use-search";
import { type Filter, join } from "../query-filters";

const MOST = 4;

interface ResultStatusProps {
  answer: SearchAnswer | undefined;
  total: number;
  isFetching: boolean;
  filters: Filter[];
  suggestions: Suggestion[];
  onChoose: (query: string) => void;
  children: ReactNode;
}

/** How much was found and with what limits, and how one could go on. */
export function ResultStatus(props: ResultStatusProps) {
  const { answer, total, isFetching, filters, suggestions, onChoose, children } = props;
  const words = useWords();
  const isSlow = useSlow(isFetching);
  const didYouMean = answer?.corrected_query ?? suggestions.find((each) => each.type === "spelling")?.text;
  return (
    <div className="flex flex-wrap items-center gap-x-3 px-4 py-1 text-13 text-muted">
      <div role="status" className="flex flex-wrap items-center gap-x-3">
        {isSlow ? <span>{words("search.searching")}</span> : null}
        {answer && !isSlow ? (
          <span>{words("search.results", { total, ms: Math.round(answer.took_ms) })}</span>
        ) : null}
        {answer?.degraded ? (
          <span className="text-warn">
            {answer.degraded === "keyword_only"
              ? words("search.degraded.keyword_only")
              : words("search.degraded", { reason: answer.degraded })}
          </span>
        ) : null}
      </div>
      {didYouMean && answer?.results.length ? (
        <span>
          {words("search.didYouMean")}{" "}
          <Button
            kind="quiet"
            className="min-h-6 px-1! text-accent!"
            onPress={() => onChoose(join(filters, didYouMean))}
          >
            {didYouMean}
          </Button>
        </span>
      ) : null}
      {suggestions
        .filter((each) => each.type === "tag" || each.type === "term")
        .slice(0, MOST)
        .map((each) => (
          <Button
            key={`${each.type} ${each.text}`}
            kind="quiet"
            className="min-h-6 px-1.5! text-12!"
            onPress={() =>
              onChoose(
                each.type === "tag"
                  ? join([...filters, { field: "tag", value: each.text, minus: false }], "")
                  : join(filters, each.text),
              )
            }
          >
            {each.type === "tag" ? `#${each.text}` : each.text}
          </Button>
        ))}
      <span className="ms-auto flex">{children}</span>
    </div>
  );
}
