import { useCallback, useMemo, useState } from "react";
import { LongList } from "@/components/long-list";
import { useWords } from "@/lib/i18n";
import type { Graph } from "../api";
import { ConnectionRow } from "./connection-row";

const ROW = 72;
const keyOf = (edge: Graph["edges"][number]) => `${edge.source} ${edge.target}`;

/** Every pair with its strength and the reason, strongest first: all that the graph shows, to be read. */
export function ConnectionList({ graph, onFocus }: { graph: Graph; onFocus: (id: string) => void }) {
  const words = useWords();
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.title])), [graph]);
  const edges = useMemo(() => graph.edges.toSorted((a, b) => b.score - a.score), [graph]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (key: string) =>
      setOpen((old) => new Set(old.has(key) ? [...old].filter((each) => each !== key) : [...old, key])),
    [],
  );
  return (
    <LongList
      label={words("connections.title")}
      rows={edges}
      total={edges.length}
      keyOf={keyOf}
      height={ROW}
      overscan={8}
    >
      {(edge) => {
        const key = keyOf(edge);
        return (
          <div className="border-b border-line px-4 py-2">
            <ConnectionRow
              edge={edge}
              titleOf={(id) => titles.get(id) ?? ""}
              isOpen={open.has(key)}
              onToggle={() => toggle(key)}
              onFocus={onFocus}
            />
          </div>
        );
      }}
    </LongList>
  );
}
