import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { dateAndTime, fileSize } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { useWide } from "@/lib/use-wide";
import { known } from "../known-words";
import type { Connection } from "./use-ledger";

const ROW = { wide: 36, narrow: 60 };
const AHEAD = 40;
const GRID = "wide:grid wide:grid-cols-[11rem_minmax(0,1fr)_10rem_9rem_4rem] wide:gap-x-3";

/** Any number of rows: only those in view are in the document. */
export function LedgerTable({
  rows,
  total,
  onEnd,
}: {
  rows: Connection[];
  total: number;
  onEnd: () => void;
}) {
  const words = useWords();
  const isWide = useWide();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isWide ? ROW.wide : ROW.narrow),
    overscan: 8,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1)?.index ?? 0;
      if (last > rows.length - AHEAD) onEnd();
    },
  });
  const heads = ["at", "host", "purpose", "bytes", "item"] as const;
  // biome-ignore-start lint/a11y/useSemanticElements: a virtual table; a real one would need every row in the document
  // biome-ignore-start lint/a11y/useFocusableInteractive: rows and cells of a table are read, not operated
  return (
    <div
      role="table"
      aria-label={words("ledger.title")}
      aria-rowcount={total + 1}
      className="rounded-md border border-line bg-surface text-13"
    >
      <div role="rowgroup" className="max-wide:sr-only">
        <div role="row" aria-rowindex={1} className={`border-b border-line px-3 py-1.5 text-muted ${GRID}`}>
          {heads.map((head) => (
            <span key={head} role="columnheader">
              {words(`ledger.column.${head}`)}
            </span>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <div ref={scroller} role="rowgroup" tabIndex={0} className="max-h-[60vh] overflow-auto">
        <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((place) => {
            const row = rows[place.index];
            if (row === undefined) return null;
            return (
              <div
                key={place.key}
                role="row"
                aria-rowindex={place.index + 2}
                className={`absolute inset-x-0 items-center border-b border-line px-3 max-wide:flex max-wide:flex-wrap max-wide:content-center max-wide:gap-x-3 ${GRID}`}
                style={{ top: place.start, height: place.size }}
              >
                <span role="cell" className="text-muted">
                  <time dateTime={row.at}>{dateAndTime(row.at)}</time>
                </span>
                <span role="cell" className="truncate" title={row.address ?? undefined}>
                  {row.host}:{row.port}
                  {row.outcome === "ok" ? null : (
                    <span className="ms-2 text-danger">{known("ledger.outcome", row.outcome)}</span>
                  )}
                </span>
                <span role="cell">{known("ledger.purpose", row.purpose)}</span>
                <span role="cell" className="text-muted tabular-nums">
                  {words("ledger.bytes", {
                    sent: fileSize(row.bytes_sent),
                    received: fileSize(row.bytes_received),
                  })}
                </span>
                <span role="cell">
                  {row.item_id ? (
                    <Link to={`/item/${row.item_id}` as string}>{words("ledger.column.item")}</Link>
                  ) : null}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
  // biome-ignore-end lint/a11y/useSemanticElements: the end of the table
  // biome-ignore-end lint/a11y/useFocusableInteractive: the end of the table
}
