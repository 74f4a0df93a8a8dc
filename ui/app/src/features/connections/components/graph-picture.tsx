import { useNavigate } from "@tanstack/react-router";
import Graphology from "graphology";
import { useEffect, useMemo, useRef, useState } from "react";
import Sigma from "sigma";
import { useWords } from "@/lib/i18n";
import { ownWorker } from "@/lib/own-worker";
import type { Graph } from "../api";
import layoutWorker from "../layout.worker.ts?worker&url";

interface GraphPictureProps {
  graph: Graph;
  focus: string | undefined;
  onFocus: (id: string) => void;
}

/** The graph as a picture. Everything in it stands in the list as well; where it cannot be drawn, it says so. */
export default function GraphPicture({ graph, focus, onFocus }: GraphPictureProps) {
  const words = useWords();
  const navigate = useNavigate();
  const frame = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(focus ?? graph.nodes[0]?.id ?? null);
  const [failed, setFailed] = useState(false);
  const [renderer, setRenderer] = useState<Sigma | null>(null);
  const neighbours = useMemo(() => {
    const found = new Map<string, string[]>();
    for (const { source, target } of graph.edges) {
      found.set(source, [...(found.get(source) ?? []), target]);
      found.set(target, [...(found.get(target) ?? []), source]);
    }
    return found;
  }, [graph]);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const indices = new Map(graph.nodes.map((node, index) => [node.id, index]));
    const edges = graph.edges.flatMap((edge) => {
      const source = indices.get(edge.source);
      const target = indices.get(edge.target);
      return source === undefined || target === undefined ? [] : [{ source, target, weight: edge.score }];
    });
    let drawn: Sigma | null = null;
    const worker = ownWorker(layoutWorker);
    worker.onmessage = (message: MessageEvent<Float32Array>) => {
      try {
        drawn = draw(
          element,
          graph,
          message.data,
          setChosen,
          (id) => void navigate({ to: `/item/${id}` as string }),
        );
        setRenderer(drawn);
      } catch {
        setFailed(true); // no WebGL here
      }
    };
    worker.postMessage({ count: graph.nodes.length, edges });
    return () => {
      worker.terminate();
      setRenderer(null);
      drawn?.kill();
    };
  }, [graph, navigate]);

  useEffect(() => {
    if (renderer === null) return;
    const sigma = renderer;
    const near = new Set(chosen ? (neighbours.get(chosen) ?? []) : []);
    const colours = themeColours();
    sigma.setSetting("nodeReducer", (node, data) => ({
      ...data,
      color: node === chosen ? colours.accent : near.has(node) ? colours.text : data.color,
      forceLabel: node === chosen || near.has(node),
      zIndex: node === chosen ? 2 : near.has(node) ? 1 : 0,
    }));
    sigma.setSetting("edgeReducer", (edge, data) => ({
      ...data,
      color: sigma
        .getGraph()
        .extremities(edge)
        .includes(chosen ?? "")
        ? colours.accent
        : data.color,
    }));
    sigma.refresh();
  }, [renderer, chosen, neighbours]);

  const walk = (by: number) => {
    const around = chosen ? (neighbours.get(chosen) ?? []) : [];
    const next = around.at(by > 0 ? 0 : -1);
    if (next) setChosen(next);
  };
  if (failed) return <p className="p-4 text-muted">{words("connections.noGraph")}</p>;
  const title = graph.nodes.find((node) => node.id === chosen)?.title ?? "";
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={frame}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys that walk the graph are read here
        tabIndex={0}
        aria-label={`${words("connections.graph")}: ${title}. ${words("connections.graph.help")}`}
        className="absolute inset-0"
        onKeyDown={(event) => {
          if (event.key === "ArrowRight" || event.key === "ArrowDown") walk(1);
          else if (event.key === "ArrowLeft" || event.key === "ArrowUp") walk(-1);
          else if (event.key === "Enter" && chosen) void navigate({ to: `/item/${chosen}` as string });
          else if (event.key === "f" && chosen) onFocus(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <p
        role="status"
        className="pointer-events-none absolute bottom-3 inset-s-4 rounded-sm bg-surface px-2 py-1 text-13 shadow-popover"
      >
        {title}
      </p>
    </div>
  );
}

function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { text: colour("text"), muted: colour("muted"), accent: colour("accent"), line: colour("line") };
}

function draw(
  element: HTMLElement,
  { nodes, edges }: Graph,
  places: Float32Array,
  onChoose: (id: string) => void,
  onOpen: (id: string) => void,
): Sigma {
  const colours = themeColours();
  const drawn = new Graphology({ type: "undirected" });
  nodes.forEach((node, index) => {
    drawn.addNode(node.id, {
      label: node.title,
      x: places[index * 2] ?? 0,
      y: places[index * 2 + 1] ?? 0,
      size: 3 + Math.sqrt(node.degree) * 1.5,
      color: colours.muted,
    });
  });
  for (const edge of edges) {
    if (
      drawn.hasNode(edge.source) &&
      drawn.hasNode(edge.target) &&
      !drawn.hasEdge(edge.source, edge.target)
    ) {
      drawn.addEdge(edge.source, edge.target, { size: 0.5 + edge.score * 2, color: colours.line });
    }
  }
  const sigma = new Sigma(drawn, element, {
    labelColor: { color: colours.text },
    labelFont: "Inter Variable, sans-serif",
    labelSize: 12,
    zIndex: true,
    renderEdgeLabels: false,
    allowInvalidContainer: true,
  });
  sigma.on("clickNode", ({ node }) => onChoose(node));
  sigma.on("doubleClickNode", ({ node, event }) => {
    event.preventSigmaDefault();
    onOpen(node);
  });
  return sigma;
}
