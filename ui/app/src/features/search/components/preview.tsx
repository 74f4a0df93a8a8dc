import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Passage } from "@/components/passage";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { api, unwrap } from "@/lib/api";
import { useWords } from "@/lib/i18n";
import { placeOf } from "@/lib/passages";
import type { Result } from "../api/use-search";

/** The passage of a result within the text around it, as the reader shows it. */
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
  const stands = item.data.content_version === result.content_version;
  const { start, end, highlight } = result;
  return (
    <div>
      <h2 className="text-16" dir="auto">
        {item.data.title}
      </h2>
      <p className="my-2">
        <Link to={placeOf(result) as string}>{words("search.open")}</Link>
      </p>
      {highlight?.note ? (
        <p className="my-2 border-s-2 border-control ps-2 text-14 whitespace-pre-line" dir="auto">
          {highlight.note}
        </p>
      ) : null}
      <Passage
        html={item.data.content_html ?? ""}
        text={item.data.content_text ?? ""}
        language={item.data.language}
        passage={stands && start !== null && end !== null ? { start, end } : null}
        {...(highlight ? {} : { snippet: result.snippet })}
      />
    </div>
  );
}
