import { Link } from "@tanstack/react-router";
import { Cloud, Laptop, type LucideIcon, Server } from "lucide-react";
import type { ReactNode } from "react";
import { PullButton } from "@/components/pull-button";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { type OllamaHealth, useAiSettings, useOllama, useRecommendations, whoAnswers } from "@/lib/ai";
import { useWords } from "@/lib/i18n";

/** Who answers: as it is, with Ollama where it is found, with a cloud model when somebody wants that. */
export function ModelsStep() {
  const words = useWords();
  const settings = useAiSettings();
  const ollama = useOllama();
  return (
    <ul className="flex flex-col gap-3">
      <Way icon={Laptop} title={words("welcome.here")}>
        <p>{words("welcome.here.text")}</p>
        {settings.isError ? <ErrorState error={settings.error} /> : null}
        {settings.data ? (
          <p className="mt-1 text-ok">{words("welcome.now", { who: whoAnswers(settings.data) })}</p>
        ) : null}
      </Way>
      <Way icon={Server} title={words("models.ollama")}>
        {ollama.isPending ? (
          <Loading>
            <Skeleton lines={2} />
          </Loading>
        ) : null}
        {ollama.isError ? <ErrorState error={ollama.error} onRetry={() => void ollama.refetch()} /> : null}
        {ollama.data ? <Ollama ollama={ollama.data} /> : null}
      </Way>
      <Way icon={Cloud} title={words("welcome.cloud")}>
        <p>
          {words("welcome.cloud.text")}{" "}
          <Link to="/settings/models" className="underline">
            {words("welcome.settings")}
          </Link>
        </p>
      </Way>
    </ul>
  );
}

function Way({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <li className="flex gap-3 rounded-md border border-line bg-surface p-4">
      <Icon size={20} aria-hidden className="mt-0.5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <h2 className="text-16">{title}</h2>
        {children}
      </div>
    </li>
  );
}

function Ollama({ ollama }: { ollama: OllamaHealth }) {
  const words = useWords();
  const recommended = useRecommendations().data?.chat;
  const canChat = ollama.installed.some((model) => model.capabilities?.includes("completion") ?? true);
  if (!ollama.available) return <p>{words("welcome.ollama.missing")}</p>;
  if (canChat) return <p>{words("welcome.ollama.found", { count: ollama.installed.length })}</p>;
  return (
    <>
      <p>{words("welcome.ollama.empty")}</p>
      {recommended ? (
        <>
          <p className="my-2 text-13 text-muted">{recommended.reason}</p>
          <PullButton model={recommended.model.name} size={recommended.model.size} />
        </>
      ) : null}
    </>
  );
}
