import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Crosshair } from "lucide-react";
import { useMemo, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import type { Graph } from "../api";

const ROW = 64;

/** Every pair with its strength and the reason, strongest first: all that the graph shows, to be read. */
export function ConnectionList({ graph, onFocus }: { graph: Graph; onFocus: (id: string) => void }) {
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.title])), [graph]);
  const edges = useMemo(() => graph.edges.toSorted((a, b) => b.score - a.score), [graph]);
  const virtual = useVirtualizer({
    count: edges.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  return (
    <div ref={scroller} data-scroller className="min-h-0 flex-1 overflow-auto">
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const edge = edges[row.index];
          if (edge === undefined) return null;
          const percent = Math.round(edge.score * 100);
          return (
            <li
              key={`${edge.source} ${edge.target}`}
              aria-setsize={edges.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 flex items-center gap-3 border-b border-line px-4"
              style={{ top: row.start, height: ROW }}
            >
              <span
                role="img"
                aria-label={words("connections.strength.of", { percent })}
                className="h-1.5 w-12 shrink-0 overflow-hidden rounded-full bg-line"
              >
                <span className="block h-full bg-accent" style={{ width: `${percent}%` }} />
              </span>
              <span className="min-w-0 flex-1">
                <span className="flex min-w-0 gap-2">
                  {[edge.source, edge.target].map((id, index) => (
                    <span key={id} className="flex min-w-0 items-center gap-2">
                      {index === 1 ? (
                        <span className="text-12 text-muted">{words("connections.and")}</span>
                      ) : null}
                      <Link to={`/item/${id}` as string} className="truncate" dir="auto">
                        {titles.get(id)}
                      </Link>
                    </span>
                  ))}
                </span>
                <span className="block truncate text-12 text-muted" dir="auto">
                  {edge.reason}
                </span>
              </span>
              <IconButton
                icon={Crosshair}
                label={words("connections.focusOn", { title: titles.get(edge.source) ?? "" })}
                onPress={() => onFocus(edge.source)}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
