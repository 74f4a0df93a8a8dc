import { Copy } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { aboutSeconds } from "@/lib/duration";
import { useWords } from "@/lib/i18n";
import { useNotices } from "@/lib/undo";
import { Facts, Section } from "./controls";
import { diagnostics } from "./diagnostics";
import { known } from "./known-words";
import { useHealth, useServerSettings } from "./server-settings";
import { SettingsFrame } from "./settings-frame";

const TONES = { healthy: "text-ok", idle: "text-muted", degraded: "text-warn", unavailable: "text-danger" };

/** What this Cortex is, and how its parts are. */
export function AboutView() {
  const words = useWords();
  const health = useHealth();
  const settings = useServerSettings();
  const copy = async () => {
    if (!health.data) return;
    await navigator.clipboard.writeText(diagnostics(health.data, navigator.userAgent));
    useNotices.getState().tell(words("about.copied"));
  };
  return (
    <SettingsFrame part="about">
      <Section title={words("app.name")} text={words("about.text")}>
        <Facts
          facts={[
            [words("about.version"), health.data?.version ?? "…"],
            [words("about.licence"), words("about.licence.own")],
            [words("about.parts"), words("about.parts.licences")],
            [words("data.place"), <code key="place">{settings.data?.data_dir ?? "…"}</code>],
          ]}
        />
      </Section>
      <Section title={words("health.title")}>
        {health.isPending ? (
          <Loading>
            <Skeleton lines={6} />
          </Loading>
        ) : null}
        {health.isError ? <ErrorState error={health.error} onRetry={() => void health.refetch()} /> : null}
        {health.data ? (
          <>
            <p role="status">
              {words(health.data.status === "healthy" ? "health.all" : "health.some")}{" "}
              {words("health.since", { time: aboutSeconds(health.data.uptime_seconds) })}
            </p>
            <ul>
              {Object.entries(health.data.dependencies).map(([name, part]) => (
                <li key={name} className="flex flex-wrap gap-x-3 border-b border-line py-1.5">
                  <span className="w-44">{known("health.part", name)}</span>
                  <span className={`w-32 ${TONES[part.status]}`}>
                    {words(`health.status.${part.status}`)}
                  </span>
                  {part.detail ? (
                    <span className="text-13 text-muted medium:flex-1">{part.detail}</span>
                  ) : null}
                </li>
              ))}
            </ul>
            <div className="flex flex-wrap items-center gap-2">
              <Button icon={Copy} onPress={() => void copy()}>
                {words("about.copy")}
              </Button>
              <Button onPress={() => void health.refetch()}>{words("about.again")}</Button>
            </div>
            <p className="text-13 text-muted">{words("about.copy.text")}</p>
          </>
        ) : null}
      </Section>
    </SettingsFrame>
  );
}
