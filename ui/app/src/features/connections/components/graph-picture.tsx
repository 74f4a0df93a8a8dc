import { useNavigate } from "@tanstack/react-router";
import Graphology from "graphology";
import { useEffect, useMemo, useRef, useState } from "react";
import Sigma from "sigma";
import { useWords } from "@/lib/i18n";
import { ownWorker } from "@/lib/own-worker";
import type { Graph } from "../api";
import layoutWorker from "../layout.worker.ts?worker&url";
import { placeAt, type Step, walked } from "../walk";

const LABEL_FONT = '500 12px "Inter Variable", sans-serif';
const FEW = 150;
/** Of a name in the picture, in characters; the whole stands below it. */
const LONGEST = 32;
const STEPS: Record<string, Step | undefined> = {
  ArrowRight: "next",
  ArrowLeft: "previous",
  ArrowDown: "in",
  ArrowUp: "back",
  PageDown: "nextItem",
  PageUp: "previousItem",
};

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
  const [place, setPlace] = useState(() => placeAt(focus ?? graph.nodes[0]?.id ?? ""));
  const chosen = place.at;
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
          (id) => setPlace(placeAt(id)),
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
    const near = new Set([place.centre, ...(neighbours.get(place.centre) ?? [])]);
    const colours = themeColours();
    sigma.setSetting("nodeReducer", (node, data) => ({
      ...data,
      color: node === chosen ? colours.accent : near.has(node) ? colours.text : data.color,
      highlighted: node === chosen,
      zIndex: node === chosen ? 2 : near.has(node) ? 1 : 0,
    }));
    sigma.setSetting("edgeReducer", (edge, data) => ({
      ...data,
      color: sigma.getGraph().extremities(edge).includes(place.centre) ? colours.accent : data.color,
    }));
    sigma.refresh();
  }, [renderer, chosen, place.centre, neighbours]);

  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.title])), [graph]);
  if (failed) return <p className="p-4 text-muted">{words("connections.noGraph")}</p>;
  const title = titles.get(chosen) ?? "";
  const around = neighbours.get(place.centre) ?? [];
  const where =
    chosen === place.centre
      ? words("connections.graph.centre", { count: around.length })
      : words("connections.graph.place", {
          at: around.indexOf(chosen) + 1,
          count: around.length,
          title: titles.get(place.centre) ?? "",
        });
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={frame}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys that walk the graph are read here
        tabIndex={0}
        aria-label={`${words("connections.graph")}: ${title}, ${where}. ${words("connections.graph.help")}`}
        className="absolute inset-0"
        onKeyDown={(event) => {
          const step = STEPS[event.key];
          if (step) setPlace(walked(place, step, neighbours, [...titles.keys()]));
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
        <span dir="auto">{title}</span>
        <span className="block text-12 text-muted">{where}</span>
      </p>
    </div>
  );
}

function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour("text"),
    muted: colour("muted"),
    accent: colour("accent"),
    control: colour("control"),
    surface: colour("surface"),
  };
}

function shortened(title: string): string {
  const characters = [...title];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : title;
}

/** The name of an item that is pointed at, above the others. Sigma's own way is a white box in every theme. */
function drawChosen(
  context: CanvasRenderingContext2D,
  { x, y, size, label, color }: { x: number; y: number; size: number; label: string | null; color: string },
  colours: ReturnType<typeof themeColours>,
): void {
  context.beginPath();
  context.arc(x, y, size + 2, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = colours.text;
  context.lineWidth = 2;
  context.stroke();
  if (!label) return;
  context.font = LABEL_FONT;
  const [left, height] = [x + size + 6, 22];
  const width = context.measureText(label).width + 12;
  context.fillStyle = colours.surface;
  context.fillRect(left, y - height / 2, width, height);
  context.lineWidth = 1;
  context.strokeStyle = colours.control;
  context.strokeRect(left, y - height / 2, width, height);
  context.fillStyle = colours.text;
  context.textBaseline = "middle";
  context.fillText(label, left + 6, y);
  context.textBaseline = "alphabetic";
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
      label: shortened(node.title),
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
      drawn.addEdge(edge.source, edge.target, { size: 0.5 + edge.score * 2, color: colours.control });
    }
  }
  const sigma = new Sigma(drawn, element, {
    labelColor: { color: colours.text },
    labelFont: "Inter Variable, sans-serif",
    labelSize: 12,
    // Of few items all are named; of many those that are large, until one comes nearer.
    labelRenderedSizeThreshold: nodes.length <= FEW ? 0 : 6,
    labelGridCellSize: 160,
    defaultDrawNodeHover: (context, data) => drawChosen(context, data, colours),
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
