import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { NotFound } from "@/components/not-found";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useItem, useItemWithoutText } from "../api";
import { loadPdfView } from "../pdf/load-pdf-view";
import { shownView, viewsOf } from "../views";
import { Reading } from "./reading";

const route = getRouteApi("/item/$itemId");

export function ReaderView() {
  const words = useWords();
  const { itemId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
  const wantsPages = search.view === "pdf";
  const light = useItemWithoutText(itemId, wantsPages);
  const hasPages = light.data === undefined || shownView(viewsOf(light.data), search.view) === "pdf";
  const whole = useItem(itemId, !(wantsPages && hasPages));
  const item = wantsPages && hasPages && whole.data === undefined ? light : whole;
  useEffect(() => {
    // While the item is asked for, so that the one does not wait for the other.
    if (wantsPages) void loadPdfView();
  }, [wantsPages]);
  useDocumentTitle(item.data?.title ?? words("state.loading"));
  if (item.data === undefined && !item.isError) {
    return (
      <div className="mx-auto max-w-2xl">
        <Loading>
          <Skeleton lines={14} />
        </Loading>
      </div>
    );
  }
  // What was read once is shown, also when it cannot be read again just now.
  if (item.data === undefined && asProblem(item.error).status === 404) return <NotFound />;
  if (item.data === undefined) return <ErrorState error={item.error} onRetry={() => void item.refetch()} />;
  return (
    <Reading
      key={itemId}
      item={item.data}
      search={search}
      onSearch={(change) =>
        void navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false })
      }
      onItem={(id) => void go({ to: `/item/${id}` as string })}
      onBack={(to) => void go({ to })}
    />
  );
}
