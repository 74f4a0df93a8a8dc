import { Button } from "@/components/ui/button";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { dateAndTime, fromNow } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { Section } from "../controls";
import { useRevokeSession, useSessions } from "./access";
import { browserName } from "./browser-name";

/** Browsers that are signed in; any of them can be signed out. */
export function SessionsSection() {
  const words = useWords();
  const sessions = useSessions();
  const revoke = useRevokeSession();
  return (
    <Section title={words("sessions.title")} text={words("sessions.text")}>
      {sessions.isPending ? (
        <Loading>
          <Skeleton lines={2} />
        </Loading>
      ) : null}
      {sessions.isError ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : null}
      <ul>
        {sessions.data?.items.map((session) => (
          <li key={session.id} className="flex items-center gap-3 border-b border-line py-2">
            <span className="min-w-0 flex-1" title={session.client}>
              {browserName(session.client)}
              {session.current ? (
                <strong className="ms-2 font-medium">{words("sessions.current")}</strong>
              ) : null}
              <span className="block text-12 text-muted">
                {words("sessions.when", {
                  since: dateAndTime(session.created_at),
                  used: fromNow(session.last_used_at),
                })}
              </span>
            </span>
            <Button
              onPress={() => revoke.mutate(session.id)}
              aria-label={words("sessions.revoke.of", { name: browserName(session.client) })}
            >
              {words("sessions.revoke")}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
