import { Button } from "@/components/ui/button";
import { useAiSettings } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { type ItemDetail, useWriteAbout } from "../api";

/** What it says in short, and who wrote that. */
export function Summary({ item }: { item: ItemDetail }) {
  const words = useWords();
  const ai = useAiSettings();
  const write = useWriteAbout();
  if (!item.summary) return null;
  const isOwn = item.summary_by === "extractive" || item.summary_by === null;
  const canWrite = isOwn && item.status === "ready" && (ai.data?.in_use.length ?? 0) > 0;
  return (
    <section>
      <h2 className="text-13 text-muted">{words("reader.summary")}</h2>
      <p className="mt-1" dir="auto">
        {item.summary}
      </p>
      {item.key_points.length > 0 ? (
        <ul className="mt-2 list-disc ps-4" dir="auto">
          {item.key_points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      ) : null}
      <p className="mt-1 text-12 text-muted">
        {isOwn
          ? words("reader.summary.extractive")
          : words("reader.summary.by", { model: item.summary_by ?? "" })}
      </p>
      {canWrite ? (
        <Button
          className="mt-2"
          isDisabled={write.isPending || write.isSuccess}
          onPress={() => write.mutate(item.id)}
        >
          {words(write.isSuccess ? "reader.summary.asked" : "reader.summary.write")}
        </Button>
      ) : null}
    </section>
  );
}
