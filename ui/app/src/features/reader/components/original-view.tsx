import { useWords } from "@/lib/i18n";
import type { ItemDetail } from "../api";

/** The page as it looked: in a frame without scripts, without requests, and for looking only. */
export function OriginalView({ item }: { item: ItemDetail }) {
  const words = useWords();
  return (
    <iframe
      sandbox=""
      title={words("reader.original.title", { title: item.title })}
      src={`/api/items/${item.id}/original?inline=true&version=${item.content_version}`}
      className="size-full border-0 bg-[#fff]"
    />
  );
}
