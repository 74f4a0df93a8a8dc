import { ArrowUp, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { AiSettings } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { Section } from "../controls";
import { useChoose } from "./use-choose";

type Kind = "ollama" | "cloud";

/** Models to ask, in this order, when those before them cannot answer. */
export function FallbacksSection({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const { choose } = useChoose(settings);
  const [kind, setKind] = useState<Kind>("ollama");
  const [model, setModel] = useState("");
  const [key, setKey] = useState("");
  // Keys are not named: what is not named stays as it is.
  const kept = settings.fallbacks.map(({ provider, model: name }) => ({ provider, model: name }));
  const store = (fallbacks: typeof kept, then?: () => void) => choose({ fallbacks }, "models.saved", then);
  return (
    <Section title={words("models.fallbacks")} text={words("models.fallbacks.text")}>
      {settings.fallbacks.length > 0 ? (
        <ol className="max-w-lg">
          {settings.fallbacks.map((each, index) => (
            <li
              key={`${each.provider}/${each.model}`}
              className="flex items-center gap-2 border-b border-line py-1"
            >
              <span className="min-w-0 flex-1 truncate">
                {each.model}
                <span className="block text-12 text-muted">
                  {words(`models.kind.${each.provider}`)}
                  {each.api_key ? ` · ${words(`models.key.${each.api_key}`)}` : ""}
                </span>
              </span>
              {index > 0 ? (
                <IconButton
                  icon={ArrowUp}
                  label={words("models.fallbacks.up", { model: each.model })}
                  onPress={() => store(movedUp(kept, index))}
                />
              ) : null}
              <IconButton
                icon={X}
                label={words("models.fallbacks.remove", { model: each.model })}
                onPress={() => store(kept.filter((_, place) => place !== index))}
              />
            </li>
          ))}
        </ol>
      ) : null}
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!model.trim()) return;
          const added = { provider: kind, model: model.trim(), ...(key ? { api_key: key } : {}) };
          store([...kept, added], () => {
            setModel("");
            setKey("");
          });
        }}
      >
        <Select
          label={words("models.fallbacks.kind")}
          value={kind}
          onChange={setKind}
          options={(["ollama", "cloud"] as const).map((each) => ({
            value: each,
            label: words(`models.kind.${each}`),
          }))}
        />
        <TextField
          label={words("models.fallbacks.model")}
          placeholder={kind === "cloud" ? "openai/gpt-5-mini" : "llama3.2:3b"}
          value={model}
          onChange={setModel}
          className="w-56"
          spellCheck="false"
        />
        {kind === "cloud" ? (
          <TextField
            label={words("models.cloud.key")}
            type="password"
            autoComplete="off"
            value={key}
            onChange={setKey}
            className="w-48"
          />
        ) : null}
        <Button type="submit" isDisabled={!model.trim()}>
          {words("models.fallbacks.add")}
        </Button>
      </form>
    </Section>
  );
}

function movedUp<Each>(list: Each[], index: number): Each[] {
  const moved = [...list];
  const [one] = moved.splice(index, 1);
  if (one !== undefined) moved.splice(index - 1, 0, one);
  return moved;
}
