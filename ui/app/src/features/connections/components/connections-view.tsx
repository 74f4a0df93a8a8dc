import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import { Chip } from "@/components/ui/chip";
import { Segments } from "@/components/ui/segments";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { ViewTitle } from "@/components/ui/view-title";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";
import { MOST_NODES, useGraph } from "../api";
import { ConnectionList } from "./connection-list";

const GraphPicture = lazy(() => import("./graph-picture"));
const route = getRouteApi("/connections");

export function ConnectionsView() {
  const words = useWords();
  const { view = "list", focus } = route.useSearch();
  const navigate = route.useNavigate();
  const [strength, setStrength] = useState(0);
  const graph = useGraph(focus, strength);
  useDocumentTitle(words("connections.title"));
  const onFocus = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, focus: id }) });
  const focused = graph.data?.nodes.find((node) => node.id === focus);
  return (
    <section className="flex h-full flex-col">
      <header className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2">
        <ViewTitle>{words("connections.title")}</ViewTitle>
        {graph.data ? (
          <span className="text-13 text-muted tabular-nums">
            {words("connections.count", { edges: graph.data.edges.length, nodes: graph.data.nodes.length })}
            {graph.data.nodes.length === MOST_NODES
              ? ` · ${words(focus ? "connections.nearest" : "connections.best")}`
              : ""}
          </span>
        ) : null}
        {focused ? (
          <Chip onRemove={() => onFocus(undefined)} removeLabel={words("connections.focus.clear")}>
            {words("connections.focus", { title: focused.title })}
          </Chip>
        ) : null}
        <Slider
          value={strength}
          onChange={(value) => setStrength(Array.isArray(value) ? (value[0] ?? 0) : value)}
          minValue={0}
          maxValue={0.9}
          step={0.1}
          formatOptions={{ style: "percent" }}
          className="ms-auto flex items-center gap-4"
        >
          <Label className="text-13 text-muted">{words("connections.strength")}</Label>
          <SliderTrack className="relative h-8 w-28">
            <span
              aria-hidden
              className="absolute inset-x-0 top-1/2 h-0.5 -translate-y-1/2 rounded-full bg-control"
            />
            <SliderThumb className="top-1/2 size-4 rounded-full border-2 border-accent bg-surface" />
          </SliderTrack>
          <SliderOutput className="w-[4ch] text-end text-13 text-muted tabular-nums" />
        </Slider>
        <Segments
          label={words("connections.as")}
          value={view}
          options={(["list", "graph"] as const).map((value) => ({
            value,
            label: words(`connections.${value}`),
          }))}
          onChange={(value) =>
            void navigate({ search: (old) => ({ ...old, view: value === "graph" ? "graph" : undefined }) })
          }
        />
      </header>
      {graph.isPending ? (
        <Loading>
          <Skeleton lines={8} />
        </Loading>
      ) : null}
      {graph.isError ? <ErrorState error={graph.error} onRetry={() => void graph.refetch()} /> : null}
      {graph.data?.edges.length === 0 ? (
        <EmptyState title={words("connections.empty")}>{words("connections.empty.text")}</EmptyState>
      ) : null}
      {graph.data && graph.data.edges.length > 0 ? (
        view === "graph" ? (
          <Suspense fallback={<Loading />}>
            <GraphPicture graph={graph.data} focus={focus} onFocus={onFocus} />
          </Suspense>
        ) : (
          <ConnectionList graph={graph.data} onFocus={onFocus} />
        )
      ) : null}
    </section>
  );
}
