import { useState } from "react";
import { PullButton } from "@/components/pull-button";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { type AiSettings, type OllamaHealth, useOllama } from "@/lib/ai";
import { fileSize } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { usePulls } from "@/lib/pulls";
import { Section } from "../controls";
import { RecommendedModels } from "./recommended-models";
import { useChoose } from "./use-choose";

/** Ollama: whether it is there, what it has, what is missing, and loading models down. */
export function OllamaSection({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const ollama = useOllama();
  return (
    <Section title={words("models.ollama")}>
      {ollama.isPending ? (
        <Loading>
          <Skeleton lines={3} />
        </Loading>
      ) : null}
      {ollama.isError ? <ErrorState error={ollama.error} onRetry={() => void ollama.refetch()} /> : null}
      {ollama.data ? (
        <>
          {ollama.data.available ? (
            <p className="text-ok">
              {words(ollama.data.local === false ? "models.ollama.away" : "models.ollama.found", {
                host: ollama.data.host,
                version: ollama.data.version ?? "",
              })}
            </p>
          ) : (
            <OllamaMissing ollama={ollama.data} onRetry={() => void ollama.refetch()} />
          )}
          {ollama.data.available ? <Installed ollama={ollama.data} /> : null}
          {ollama.data.available ? <PullByName /> : null}
        </>
      ) : null}
      <RecommendedModels />
      <Address settings={settings} />
    </Section>
  );
}

function OllamaMissing({ ollama, onRetry }: { ollama: OllamaHealth; onRetry: () => void }) {
  const words = useWords();
  return (
    <div className="rounded-md border border-line bg-surface p-3">
      <p>{ollama.error?.replaceAll("`", "") ?? words("models.ollama.missing", { host: ollama.host })}</p>
      <p className="mt-1 max-w-prose text-13 text-muted">{words("models.ollama.get")}</p>
      <Button className="mt-2" onPress={onRetry}>
        {words("models.ollama.again")}
      </Button>
    </div>
  );
}

function Installed({ ollama }: { ollama: OllamaHealth }) {
  const words = useWords();
  const pulls = usePulls((state) => state.pulls);
  const known = new Set([...ollama.models, ...ollama.missing_models]);
  const coming = Object.keys(pulls).filter((model) => !known.has(model));
  return (
    <ul aria-label={words("models.installed")}>
      {[...ollama.missing_models, ...coming].map((model) => (
        <li key={model} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
          <span className="min-w-0 flex-1">
            {model}
            {ollama.missing_models.includes(model) ? (
              <span className="block text-12 text-warn">{words("models.missing")}</span>
            ) : null}
          </span>
          <PullButton model={model} />
        </li>
      ))}
      {ollama.installed.map((model) => (
        <li key={model.name} className="border-b border-line py-2">
          {model.name}
          <span className="block text-12 text-muted">
            {[
              model.size > 0 ? fileSize(model.size) : null,
              model.parameter_size || null,
              model.loaded ? words("models.loaded") : null,
              model.local ? null : words("models.passedOn"),
              model.capabilities?.includes("tools") ? words("models.tools") : null,
            ]
              .filter((fact) => fact !== null)
              .join(" · ")}
          </span>
        </li>
      ))}
      {ollama.installed.length === 0 ? <li className="py-2 text-muted">{words("models.none")}</li> : null}
    </ul>
  );
}

function PullByName() {
  const words = useWords();
  const start = usePulls((state) => state.start);
  const [name, setName] = useState("");
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return;
        void start(name.trim());
        setName("");
      }}
    >
      <TextField
        label={words("pull.name")}
        placeholder="llama3.2:3b"
        value={name}
        onChange={setName}
        className="w-64"
        spellCheck="false"
      />
      <Button type="submit" isDisabled={!name.trim()}>
        {words("pull.start")}
      </Button>
    </form>
  );
}

function Address({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const { choose, isPending } = useChoose(settings);
  const [host, setHost] = useState(settings.ollama_host);
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        choose({ ollama_host: host }, "models.saved");
      }}
    >
      <TextField
        label={words("models.ollama.host")}
        value={host}
        onChange={setHost}
        className="w-64"
        spellCheck="false"
      />
      <Button type="submit" isDisabled={isPending || !host.trim() || host === settings.ollama_host}>
        {words("action.save")}
      </Button>
    </form>
  );
}
