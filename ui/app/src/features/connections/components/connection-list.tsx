import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Graph } from "../api";
import { ConnectionRow } from "./connection-row";

const ROW = 72;

/** Every pair with its strength and the reason, strongest first: all that the graph shows, to be read. */
export function ConnectionList({ graph, onFocus }: { graph: Graph; onFocus: (id: string) => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.title])), [graph]);
  const edges = useMemo(() => graph.edges.toSorted((a, b) => b.score - a.score), [graph]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (key: string) =>
      setOpen((old) => new Set(old.has(key) ? [...old].filter((each) => each !== key) : [...old, key])),
    [],
  );
  // Rows are as high as their text: larger text, and passages, make them higher.
  const virtual = useVirtualizer({
    count: edges.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => `${edges[index]?.source} ${edges[index]?.target}`,
    overscan: 8,
  });
  return (
    <div ref={scroller} data-scroller className="min-h-0 flex-1 overflow-auto">
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const edge = edges[row.index];
          if (edge === undefined) return null;
          const key = String(row.key);
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={row.index}
              aria-setsize={edges.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 border-b border-line px-4 py-2"
              style={{ top: row.start }}
            >
              <ConnectionRow
                edge={edge}
                titleOf={(id) => titles.get(id) ?? ""}
                isOpen={open.has(key)}
                onToggle={() => toggle(key)}
                onFocus={onFocus}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
