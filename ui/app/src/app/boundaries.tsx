import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { useWords } from "@/lib/i18n";

/** One view failed; the frame and the other panes go on. */
export function ViewError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ErrorState
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}

export function NotFound() {
  const words = useWords();
  return (
    <EmptyState
      title={words("state.notFound.title")}
      action={<Link to="/library">{words("command.go.library")}</Link>}
    >
      {words("state.notFound.text")}
    </EmptyState>
  );
}
