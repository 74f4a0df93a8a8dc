import { PullButton } from "@/components/pull-button";
import { type Candidate, useRecommendations } from "@/lib/ai";
import { fileSize } from "@/lib/format";
import { useWords } from "@/lib/i18n";

/** What suits this machine, and why; the rest behind a fold. */
export function RecommendedModels() {
  const words = useWords();
  const { data } = useRecommendations();
  if (!data) return null;
  const parts = [
    ["models.recommended.chat", data.chat],
    ["models.recommended.embedding", data.embedding],
  ] as const;
  return (
    <div className="rounded-md border border-line bg-surface p-3">
      <h3>{words("models.recommended")}</h3>
      <p className="text-13 text-muted">
        {words(data.machine.gpu ? "models.machine.gpu" : "models.machine", {
          memory: fileSize(data.machine.memory),
          free: fileSize(data.machine.memory_available),
          cores: data.machine.cores,
          gpu: data.machine.gpu ?? "",
        })}
      </p>
      {parts.map(([title, found]) => (
        <div key={title} className="mt-3">
          <p className="text-13 text-muted">{words(title)}</p>
          <p className="max-w-prose">{found.reason}</p>
          {found.model.installed || !data.ollama.available ? null : (
            <div className="mt-1">
              <PullButton model={found.model.name} size={found.model.size} />
            </div>
          )}
          {found.others.length > 0 ? (
            <details className="mt-1">
              <summary className="text-13 text-accent">{words("models.others")}</summary>
              <ul>
                {found.others.map((model) => (
                  <Other key={model.name} model={model} canPull={data.ollama.available} />
                ))}
              </ul>
            </details>
          ) : null}
        </div>
      ))}
    </div>
  );
}

function Other({ model, canPull }: { model: Candidate; canPull: boolean }) {
  const words = useWords();
  const speed = model.tokens_per_second ?? model.estimated_tokens_per_second;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1.5">
      <span className="min-w-0 flex-1">
        {model.name}
        <span className="block text-12 text-muted">
          {[
            model.strength,
            fileSize(model.size),
            speed === null ? null : words("models.test.speed", { speed: Math.round(speed) }),
            model.fits ? null : words("models.tooLarge"),
          ]
            .filter((fact) => fact !== null)
            .join(" · ")}
        </span>
      </span>
      {model.installed ? (
        <span className="text-12 text-muted">{words("models.installedAlready")}</span>
      ) : canPull ? (
        <PullButton model={model.name} size={model.size} />
      ) : null}
    </li>
  );
}
