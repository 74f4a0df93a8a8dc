import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { download } from "@/lib/download";
import { useWords } from "@/lib/i18n";
import { tellProblem } from "@/lib/undo";
import { useDebounced } from "@/lib/use-debounced";
import { Section } from "../controls";
import { known } from "../known-words";
import { csv } from "./csv";
import { LedgerTable } from "./ledger-table";
import { type Connection, type LedgerFilter, useLedger, wholeLedger } from "./use-ledger";

const PURPOSES = ["page", "image", "link_check", "feed", "ollama", "cloud model"];
const COLUMNS = [
  "at",
  "host",
  "port",
  "address",
  "purpose",
  "item_id",
  "bytes_sent",
  "bytes_received",
  "status",
  "outcome",
] as const;
const DEBOUNCE_MS = 200;

/** Every connection that left this machine: when, to whom, what for, how much. */
export function LedgerSection() {
  const words = useWords();
  const [host, setHost] = useState("");
  const [purpose, setPurpose] = useState("");
  const filter: LedgerFilter = { host: useDebounced(host.trim(), DEBOUNCE_MS), purpose };
  const ledger = useLedger(filter);
  const rows = ledger.data?.pages.flatMap((page) => page.items) ?? [];
  const total = ledger.data?.pages[0]?.total ?? 0;
  const isFiltered = filter.host !== "" || purpose !== "";
  const save = useMutation({
    mutationFn: () => wholeLedger(filter),
    onSuccess: (found) => download("cortex-connections.csv", "text/csv", asCsv(found)),
    onError: tellProblem,
  });
  return (
    <Section title={words("ledger.title")} text={words("ledger.text")}>
      <div className="flex flex-wrap items-end gap-2">
        <TextField
          label={words("ledger.host")}
          type="search"
          value={host}
          onChange={setHost}
          className="w-56"
        />
        <Select
          label={words("ledger.purpose")}
          value={purpose || "all"}
          onChange={(value) => setPurpose(value === "all" ? "" : value)}
          options={[
            { value: "all", label: words("ledger.purpose.all") },
            ...PURPOSES.map((each) => ({ value: each, label: known("ledger.purpose", each) })),
          ]}
        />
        <Button icon={Download} isDisabled={total === 0 || save.isPending} onPress={() => save.mutate()}>
          {words("ledger.export")}
        </Button>
      </div>
      {ledger.isPending ? (
        <Loading>
          <Skeleton lines={5} />
        </Loading>
      ) : null}
      {ledger.isError ? <ErrorState error={ledger.error} onRetry={() => void ledger.refetch()} /> : null}
      {ledger.data ? (
        <p role="status" className="text-13 text-muted">
          {total === 0
            ? words(isFiltered ? "ledger.noneFiltered" : "ledger.none")
            : words("ledger.count", { total })}
        </p>
      ) : null}
      {rows.length > 0 ? (
        <LedgerTable
          rows={rows}
          total={total}
          onEnd={() => {
            if (ledger.hasNextPage && !ledger.isFetchingNextPage) void ledger.fetchNextPage();
          }}
        />
      ) : null}
    </Section>
  );
}

function asCsv(found: Connection[]): string {
  return csv([[...COLUMNS], ...found.map((each) => COLUMNS.map((column) => each[column]))]);
}
