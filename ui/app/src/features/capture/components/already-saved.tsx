import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, unwrap } from "@/lib/api";
import { fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { meaningOf } from "@/lib/saving";

/** Says so while one still types, when the address is in the library already. */
export function AlreadySaved({ text, onOpen }: { text: string; onOpen: () => void }) {
  const words = useWords();
  const { url } = meaningOf(text);
  const lookup = useQuery({
    queryKey: ["lookup", url],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items/lookup", { params: { query: { url: url ?? "" } }, signal })),
    enabled: url !== undefined && url !== null,
    staleTime: 0,
  });
  if (!lookup.data?.saved || !lookup.data.item_id) return null;
  return (
    <p role="status" className="flex items-center gap-2 text-13 text-muted">
      {words("capture.alreadySaved", { when: lookup.data.saved_at ? fromNow(lookup.data.saved_at) : "" })}
      <Link to={`/item/${lookup.data.item_id}` as string} onClick={onOpen}>
        {words("capture.open")}
      </Link>
    </p>
  );
}
