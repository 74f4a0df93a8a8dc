import { useQuery } from "@tanstack/react-query";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { shortDate } from "@/lib/format";
import { useWords } from "@/lib/i18n";

export function LibraryView() {
  const words = useWords();
  const items = useQuery({
    queryKey: ["items", "list", {}],
    queryFn: () => unwrap(api.GET("/api/items", { params: { query: { limit: 200 } } })),
  });
  if (items.isPending)
    return (
      <Loading>
        <Skeleton lines={8} />
      </Loading>
    );
  if (items.isError) return <ErrorState error={items.error} onRetry={() => void items.refetch()} />;
  if (items.data.items.length === 0) return <EmptyState title={words("nav.library")} />;
  return (
    <ul>
      {items.data.items.map((item) => (
        <li key={item.id} className="border-b border-line px-4 py-2">
          {item.title} <span className="text-muted">{shortDate(item.created_at)}</span>
        </li>
      ))}
    </ul>
  );
}
