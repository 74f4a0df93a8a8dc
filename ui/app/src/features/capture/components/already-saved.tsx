import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { api, unwrap } from "@/lib/api";
import { fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { meaningOf } from "@/lib/saving";
import { useUpdateCopy } from "@/lib/update-copy";

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
  const { item_id: itemId, saved_at: savedAt } = lookup.data;
  return (
    <p role="status" className="flex items-center gap-2 text-13 text-muted">
      {words("capture.alreadySaved", { when: savedAt ? fromNow(savedAt) : "" })}
      <Link to={`/item/${itemId}` as string} onClick={onOpen}>
        {words("capture.open")}
      </Link>
      <UpdateCopy key={itemId} itemId={itemId} />
    </p>
  );
}

function UpdateCopy({ itemId }: { itemId: string }) {
  const words = useWords();
  const update = useUpdateCopy();
  return (
    <Button
      kind="quiet"
      className="min-h-6! px-1.5! text-13! text-accent!"
      // Not disabled meanwhile: the focus would be lost.
      onPress={() => update.isPending || update.mutate(itemId)}
    >
      {words(update.isPending ? "capture.updatingCopy" : "capture.updateCopy")}
    </Button>
  );
}
