import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";
import { useDocumentTitle } from "@/lib/use-document-title";
import { useItem } from "../api";
import { Reading } from "./reading";

const route = getRouteApi("/item/$itemId");

export function ReaderView() {
  const words = useWords();
  const { itemId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = useNavigate();
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
