import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { utf16Index } from "@/lib/codepoints";
import { useWords } from "@/lib/i18n";
import { placeOf } from "@/lib/passages";
import type { Result } from "../api/use-search";

const AROUND = 1_200;

/** The passage of a result within the text around it. */
export function Preview({ result }: { result: Result }) {
  const words = useWords();
  const item = useQuery({
    queryKey: ["item", "detail", result.item_id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/items/{item_id}", { params: { path: { item_id: result.item_id } }, signal })),
  });
  if (item.isPending)
    return (
      <Loading>
        <Skeleton lines={8} />
      </Loading>
    );
  if (item.isError) return <ErrorState error={item.error} />;
  const text = item.data.content_text ?? "";
  const sameVersion = item.data.content_version === result.content_version;
  const start = sameVersion && result.start !== null ? utf16Index(text, result.start) : 0;
  const end = sameVersion && result.end !== null ? utf16Index(text, result.end) : start;
  return (
    <article className="p-4">
      <h2 className="text-16" dir="auto">
        {item.data.title}
      </h2>
      <p className="my-2">
        <Link to={placeOf(result) as string}>{words("search.open")}</Link>
      </p>
      {result.highlight?.note ? (
        <p className="my-2 border-s-2 border-control ps-2 text-14 whitespace-pre-line" dir="auto">
          {result.highlight.note}
        </p>
      ) : null}
      <p className="whitespace-pre-line text-14" dir="auto">
        {start > AROUND ? "…" : ""}
        {text.slice(Math.max(0, start - AROUND), start)}
        <mark className="border-s-3 border-warn bg-cited ps-1 text-text">{text.slice(start, end)}</mark>
        {text.slice(end, end + AROUND)}
        {text.length > end + AROUND ? "…" : ""}
      </p>
    </article>
  );
}
