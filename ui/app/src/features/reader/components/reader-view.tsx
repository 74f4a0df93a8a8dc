import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import type { TextMap } from "@/lib/anchoring";
import { useWords } from "@/lib/i18n";
import { useReadingStyle } from "@/lib/reading-style";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useWide } from "@/lib/use-wide";
import { type Highlight, useHighlights, useItem } from "../api";
import { useReadProgress } from "../use-read-progress";
import { useReaderCommands } from "../use-reader-commands";
import { Article } from "./article";
import { Aside } from "./aside";
import { Outline } from "./outline";
import { ReaderHeader } from "./reader-header";
import { SelectionBar } from "./selection-bar";

const route = getRouteApi("/item/$itemId");
const NONE: Highlight[] = [];

export function ReaderView() {
  const words = useWords();
  const { itemId } = route.useParams();
  const { at } = route.useSearch();
  const item = useItem(itemId);
  useDocumentTitle(item.data?.title ?? words("state.loading"));
  if (item.isPending) {
    return (
      <div className="mx-auto max-w-2xl">
        <Loading>
          <Skeleton lines={14} />
        </Loading>
      </div>
    );
  }
  if (item.isError) return <ErrorState error={item.error} onRetry={() => void item.refetch()} />;
  return <Reading key={itemId} item={item.data} at={at} />;
}

function Reading({
  item,
  at,
}: {
  item: NonNullable<ReturnType<typeof useItem>["data"]>;
  at: string | undefined;
}) {
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const wide = useWide();
  const { showAside, showOutline, set } = useReadingStyle();
  const [sheet, setSheet] = useState(false);
  const [shown, setShown] = useState<{ root: HTMLElement; map: TextMap; lost: Highlight[] } | null>(null);
  const highlights = useHighlights(item.id);
  const list = highlights.data?.items ?? NONE;
  const passage = useMemo(() => {
    const match = /^(\d+)-(\d+)$/.exec(at ?? "");
    return match ? { start: Number(match[1]), end: Number(match[2]) } : null;
  }, [at]);
  const onReady = useCallback(
    (root: HTMLElement, map: TextMap, lost: Highlight[]) => setShown({ root, map, lost }),
    [],
  );
  const toggleAside = useCallback(
    () => (wide ? set({ showAside: !useReadingStyle.getState().showAside }) : setSheet((open) => !open)),
    [wide, set],
  );
  const toHighlight = useCallback((id: string) => {
    const element = scroller.current?.querySelector<HTMLElement>(`mark[data-highlight="${CSS.escape(id)}"]`);
    element?.scrollIntoView({ block: "center" });
    setSheet(false);
  }, []);
  useReadProgress(item, scroller, passage === null);
  useReaderCommands({ item, highlights: list, shown, scroller, toggleAside });

  // The passage was there when it was cited; a version without it says so.
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (shown && passage) setGone(shown.root.querySelector('mark[data-kind="cited"]') === null);
  }, [shown, passage]);

  const aside = <Aside item={item} highlights={list} lost={shown?.lost ?? NONE} onHighlight={toHighlight} />;
  return (
    <section className="flex h-full flex-col">
      <ReaderHeader item={item} onAside={toggleAside} />
      <div className="flex min-h-0 flex-1">
        {wide && showOutline && shown ? (
          <nav
            aria-label={words("reader.outline")}
            className="w-56 shrink-0 overflow-auto border-e border-line p-4"
          >
            <Outline root={shown.root} />
          </nav>
        ) : null}
        <div ref={scroller} data-scroller className="relative min-w-0 flex-1 overflow-auto px-4 py-8">
          <div className="mx-auto max-w-[calc(66ch*1.25)]">
            {item.deleted_at ? <p className="mb-3 text-warn">{words("reader.trashed")}</p> : null}
            {gone ? <p className="mb-3 text-warn">{words("reader.gone")}</p> : null}
            {item.status === "failed" ? (
              <p className="mb-3 text-danger">{item.error?.message ?? words("reader.failed")}</p>
            ) : null}
            {item.content_html ? (
              <Article item={item} highlights={list} passage={passage} onReady={onReady} />
            ) : (
              <EmptyState
                title={words(
                  item.status === "ready" || item.status === "failed" ? "reader.empty" : "reader.waiting",
                )}
              />
            )}
          </div>
          {shown ? <SelectionBar item={item} root={shown.root} map={shown.map} scroller={scroller} /> : null}
        </div>
        {wide && showAside ? (
          <aside
            aria-label={words("reader.about")}
            className="w-80 shrink-0 overflow-auto border-s border-line bg-surface"
          >
            {aside}
          </aside>
        ) : null}
      </div>
      <Dialog title={words("reader.about")} isOpen={sheet} onClose={() => setSheet(false)} placement="side">
        {aside}
      </Dialog>
    </section>
  );
}
