import type { Schemas } from "@cortex/api-client";
import { useQuery } from "@tanstack/react-query";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { count, dollars, shortDate } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { Section } from "../controls";
import { known } from "../known-words";
import { Bars } from "./bars";
import { lastDays } from "./days";

type Row = Schemas["UsageRow"];
type Grouping = Schemas["UsageReport"]["group_by"][number];
const DAYS = 30;

/** What models took in the last thirty days: by day as bars, and by what it was for as a table. */
export function UsageSection() {
  const words = useWords();
  const days = useUsage(["day"]);
  const purposes = useUsage(["provider", "model", "purpose"]);
  const error = days.error ?? purposes.error;
  return (
    <Section title={words("usage.title")} text={words("usage.text")}>
      {days.isPending || purposes.isPending ? (
        <Loading>
          <Skeleton lines={4} />
        </Loading>
      ) : null}
      {error ? <ErrorState error={error} onRetry={() => void days.refetch()} /> : null}
      {days.data && purposes.data ? (
        days.data.totals.calls === 0 ? (
          <p className="text-muted">{words("usage.none")}</p>
        ) : (
          <>
            <p>
              {words("usage.totals", {
                calls: days.data.totals.calls,
                tokens: days.data.totals.prompt_tokens + days.data.totals.completion_tokens,
                remote: days.data.totals.remote,
              })}
              {days.data.totals.cost_usd > 0 ? ` · ${dollars(days.data.totals.cost_usd)}` : ""}
              {days.data.totals.cost_unknown > 0
                ? ` · ${words("usage.unknown", { count: days.data.totals.cost_unknown })}`
                : ""}
            </p>
            <Bars
              label={words("usage.days")}
              bars={lastDays(DAYS, new Date()).map((day) => {
                const row = days.data.rows.find((each) => each.day === day);
                const tokens = (row?.prompt_tokens ?? 0) + (row?.completion_tokens ?? 0);
                return {
                  name: shortDate(day),
                  value: tokens,
                  said: words("usage.day", { day: shortDate(day), calls: row?.calls ?? 0, tokens }),
                };
              })}
            />
            <UsageTable rows={purposes.data.rows} />
          </>
        )
      ) : null}
    </Section>
  );
}

function useUsage(groupBy: Grouping[]) {
  return useQuery({
    queryKey: ["usage", "list", groupBy],
    queryFn: () => unwrap(api.GET("/api/usage", { params: { query: { group_by: groupBy } } })),
    staleTime: 0,
  });
}

const CELL = "border-b border-line py-1.5 pe-3 text-start";
const NUMBER = "border-b border-line py-1.5 ps-3 text-end tabular-nums";

function UsageTable({ rows }: { rows: Row[] }) {
  const words = useWords();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={words("usage.table")}>
      <table className="w-full text-13">
        <thead>
          <tr className="text-muted">
            <th className={CELL}>{words("usage.purpose")}</th>
            <th className={CELL}>{words("usage.model")}</th>
            <th className={NUMBER}>{words("usage.calls")}</th>
            <th className={NUMBER}>{words("usage.tokens")}</th>
            <th className={NUMBER}>{words("usage.cost")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.provider}/${row.model}/${row.purpose}`}>
              <td className={CELL}>{known("usage.purpose", row.purpose ?? "")}</td>
              <td className={CELL}>
                {row.provider}/{row.model}
              </td>
              <td className={NUMBER}>{count(row.calls)}</td>
              <td className={NUMBER}>{count(row.prompt_tokens + row.completion_tokens)}</td>
              <td className={NUMBER}>{row.cost_usd > 0 ? dollars(row.cost_usd) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
