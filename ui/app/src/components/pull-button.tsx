import { Download, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { fileSize } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { usePulls } from "@/lib/pulls";

/** Loads a model down, shows how far it is, and stops it. What was loaded is kept for the next time. */
export function PullButton({ model, size }: { model: string; size?: number }) {
  const words = useWords();
  const pull = usePulls((state) => state.pulls[model]);
  const start = usePulls((state) => state.start);
  if (pull === undefined) {
    return (
      <Button
        icon={Download}
        onPress={() => void start(model)}
        aria-label={words("pull.start.of", { model })}
      >
        {size === undefined ? words("pull.start") : words("pull.start.size", { size: fileSize(size) })}
      </Button>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Progress label={words("pull.progress", { model })} value={pull.progress} />
      <span className="text-12 text-muted tabular-nums">
        {pull.total > 0
          ? words("pull.of", { done: fileSize(pull.completed), total: fileSize(pull.total) })
          : words("pull.starting")}
      </span>
      <Button kind="quiet" icon={X} onPress={pull.cancel} aria-label={words("pull.cancel.of", { model })}>
        {words("action.cancel")}
      </Button>
    </div>
  );
}
