import { Button } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { asProblem } from "@/lib/problem";

/** One part of what stands beside the text could not be read; the others go on. */
export function Failed({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  const words = useWords();
  const { message, requestId } = asProblem(error);
  return (
    <div role="alert" className="mt-1 flex flex-col items-start gap-1.5 text-13">
      <p className="text-danger">
        {what} {message}
      </p>
      {requestId ? (
        <p className="text-12 text-muted">{words("state.error.request", { id: requestId })}</p>
      ) : null}
      <Button onPress={onRetry}>{words("state.retry")}</Button>
    </div>
  );
}
