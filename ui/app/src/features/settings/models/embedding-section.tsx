import type { Schemas } from "@cortex/api-client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Progress } from "@/components/ui/progress";
import { Select } from "@/components/ui/select";
import { type AiSettings, useOllama } from "@/lib/ai";
import { api, unwrap } from "@/lib/api";
import { aboutSeconds } from "@/lib/duration";
import { useWords } from "@/lib/i18n";
import { tellProblem } from "@/lib/undo";
import { usePaced } from "@/lib/use-paced";
import { Section } from "../controls";
import { EmbeddingDialog } from "./embedding-dialog";

type Provider = "embedded" | "ollama" | "cloud";
export type EmbeddingChoice = { provider: Provider; model?: string };
type Build = Schemas["EmbeddingBuildShown"];
const UNFINISHED = ["running", "waiting", "paused", "failed"];

/** Which model search by meaning reads with. A change is estimated first, and then made in the background. */
export function EmbeddingSection({ settings: { embedding } }: { settings: AiSettings }) {
  const words = useWords();
  const [chosen, choose] = useState<EmbeddingChoice | null>(null);
  const act = useEmbeddingAction();
  const { active, build, fallback, offer } = embedding;
  const isBuilding = build !== null && UNFINISHED.includes(build.state);
  return (
    <Section title={words("embedding.title")} text={words("embedding.text")}>
      <p>
        {words("embedding.active", {
          model: active.model,
          where: words(`embedding.provider.${active.provider}`),
        })}
        {fallback ? (
          <span className="block text-13 text-muted">
            {words("embedding.fallback", { model: fallback.model })}
          </span>
        ) : null}
      </p>
      {build && isBuilding ? <BuildShown build={build} act={(name) => act.mutate(name)} /> : null}
      {build && !isBuilding && build.error ? <p className="text-danger">{build.error}</p> : null}
      {offer && !isBuilding ? (
        <div className="rounded-md border border-line bg-surface p-3">
          <p>{words(`embedding.offer.${offer.reason}`, { model: offer.model })}</p>
          <p className="text-13 text-muted">{offer.detail}</p>
          <Button className="mt-2" onPress={() => act.mutate("renew")}>
            {words("embedding.renew")}
          </Button>
        </div>
      ) : null}
      {isBuilding ? null : (
        <Chooser key={`${embedding.provider}/${embedding.model}`} now={embedding} onChoose={choose} />
      )}
      {chosen ? <EmbeddingDialog choice={chosen} onClose={() => choose(null)} /> : null}
    </Section>
  );
}

function BuildShown({ build, act }: { build: Build; act: (name: Action) => void }) {
  const words = useWords();
  const share = build.total > 0 ? build.done / build.total : 0;
  const isHeld = build.state === "paused" || build.state === "failed";
  const told = [
    words("embedding.done", { done: build.done, total: build.total }),
    build.state === "running" && build.seconds_left !== null
      ? words("embedding.left", { time: aboutSeconds(build.seconds_left) })
      : words(`embedding.state.${build.state}`),
    build.left_out > 0 ? words("embedding.leftOut", { count: build.left_out }) : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
  const spoken = usePaced(told);
  return (
    <div className="rounded-md border border-line bg-surface p-3">
      <p>{words("embedding.building", { model: build.target.model })}</p>
      <div className="my-2">
        <Progress label={words("embedding.progress")} value={share} />
      </div>
      <p className="text-13 text-muted tabular-nums">{told}</p>
      <p role="status" className="sr-only">
        {spoken}
      </p>
      {build.error ? <p className="text-13 text-danger">{build.error}</p> : null}
      <div className="mt-2 flex gap-2">
        <Button icon={isHeld ? Play : Pause} onPress={() => act(isHeld ? "resume" : "pause")}>
          {words(isHeld ? "activity.resume" : "activity.pause")}
        </Button>
        <Button icon={X} onPress={() => act("cancel")}>
          {words("embedding.cancel")}
        </Button>
      </div>
    </div>
  );
}

function Chooser({
  now,
  onChoose,
}: {
  now: AiSettings["embedding"];
  onChoose: (choice: EmbeddingChoice) => void;
}) {
  const words = useWords();
  const ollama = useOllama();
  const [provider, setProvider] = useState<Provider>(now.provider);
  const [model, setModel] = useState(now.model);
  const able = (ollama.data?.installed ?? [])
    .filter((each) => each.capabilities?.includes("embedding"))
    .map((each) => each.name);
  const names = [...new Set([...(now.provider === "ollama" ? [now.model] : []), ...able])];
  const select = (next: Provider) => {
    setProvider(next);
    setModel(next === now.provider ? now.model : next === "ollama" ? (names[0] ?? "") : "");
  };
  const isSame = provider === now.provider && (provider === "embedded" || model === now.model);
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose(provider === "embedded" ? { provider } : { provider, model });
      }}
    >
      <Select
        label={words("embedding.choose")}
        value={provider}
        onChange={select}
        options={(["embedded", "ollama", "cloud"] as const)
          .filter((each) => each !== "ollama" || names.length > 0)
          .map((each) => ({ value: each, label: words(`embedding.provider.${each}`) }))}
      />
      {provider === "ollama" ? (
        <Select
          label={words("embedding.model")}
          value={model}
          onChange={setModel}
          options={names.map((name) => ({ value: name, label: name }))}
        />
      ) : null}
      {provider === "cloud" ? (
        <TextField
          label={words("embedding.model")}
          placeholder="openai/text-embedding-3-small"
          value={model}
          onChange={setModel}
          className="w-72"
          spellCheck="false"
        />
      ) : null}
      <Button type="submit" isDisabled={isSame || (provider !== "embedded" && !model.trim())}>
        {words("embedding.estimate")}
      </Button>
    </form>
  );
}

type Action = "pause" | "resume" | "cancel" | "renew";

function useEmbeddingAction() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: Action) => unwrap(api.POST(`/api/settings/ai/embedding/${name}`)),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["ai"] }),
    onError: tellProblem,
  });
}
