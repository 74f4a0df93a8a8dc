import { type AiSettings, useOllama } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { Choices, Section } from "../controls";
import { useCloudDraft } from "./cloud-draft";
import { useChoose } from "./use-choose";

const PROVIDERS = ["auto", "embedded", "ollama", "hybrid", "cloud"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Who is asked, in plain words. Those that need a cloud model wait until one is named. */
export function ProviderSection({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const ollama = useOllama();
  const { choose } = useChoose(settings);
  const { wanted, want } = useCloudDraft();
  const stored: Provider = settings.provider === "openai" ? "cloud" : settings.provider;
  const select = (provider: Provider) => {
    const needsModel = (provider === "cloud" || provider === "hybrid") && !settings.cloud.model;
    want(needsModel ? provider : null);
    if (!needsModel && provider !== stored) choose({ provider }, "models.saved");
  };
  return (
    <Section title={words("models.who")}>
      <Choices
        label={words("models.provider")}
        value={wanted ?? stored}
        onChange={select}
        orientation="vertical"
        options={PROVIDERS.map((provider) => ({
          value: provider,
          label: words(`models.provider.${provider}`),
          detail:
            provider === "auto" && ollama.data
              ? words(ollama.data.available ? "models.provider.auto.found" : "models.provider.auto.away")
              : words(`models.provider.${provider}.detail`),
        }))}
      />
    </Section>
  );
}
