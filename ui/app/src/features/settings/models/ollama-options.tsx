import { Select } from "@/components/ui/select";
import { type AiSettings, useOllama } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { Section, Toggle } from "../controls";
import { useChoose } from "./use-choose";

const KEPT = ["0", "5m", "30m", "2h", "-1"] as const;

/** Which of Ollama's models is asked, how long it stays in memory, and whether it may think aloud. */
export function OllamaOptions({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const { choose } = useChoose(settings);
  const ollama = useOllama();
  const able = (ollama.data?.installed ?? []).filter(
    (model) => model.capabilities === null || model.capabilities.includes("completion"),
  );
  const names = [...new Set([settings.chat_model, ...able.map((model) => model.name)])];
  const isKnown = KEPT.some((each) => each === settings.keep_alive);
  return (
    <Section title={words("models.options")}>
      <div className="flex flex-wrap gap-3">
        <Select
          label={words("models.chat")}
          value={settings.chat_model}
          onChange={(model) => choose({ chat_model: model }, "models.saved")}
          options={names.map((name) => ({ value: name, label: name }))}
        />
        <Select
          label={words("models.keepAlive")}
          value={settings.keep_alive}
          onChange={(kept) => choose({ keep_alive: kept }, "models.saved")}
          options={[
            ...KEPT.map((each): { value: string; label: string } => ({
              value: each,
              label: words(`models.keepAlive.${each}`),
            })),
            ...(isKnown ? [] : [{ value: settings.keep_alive, label: settings.keep_alive }]),
          ]}
        />
      </div>
      <Toggle
        label={words("models.preload")}
        hint={words("models.preload.hint")}
        isOn={settings.preload}
        onChange={(preload) => choose({ preload }, "models.saved")}
      />
      <Toggle
        label={words("models.thinking")}
        hint={words("models.thinking.hint")}
        isOn={settings.thinking}
        onChange={(thinking) => choose({ thinking }, "models.saved")}
      />
    </Section>
  );
}
