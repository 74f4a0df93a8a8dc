import { ErrorState, Loading, Skeleton } from "@/components/ui/states";
import { type AiSettings, useAiSettings, useOllama, whoAnswers } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { Section } from "../controls";
import { SettingsFrame } from "../settings-frame";
import { CloudSection } from "./cloud-section";
import { ConsentDialog } from "./consent-dialog";
import { EmbeddingSection } from "./embedding-section";
import { FallbacksSection } from "./fallbacks-section";
import { LeavesSection } from "./leaves-section";
import { OllamaOptions } from "./ollama-options";
import { OllamaSection } from "./ollama-section";
import { PlacesSection } from "./places-section";
import { ProviderSection } from "./provider-section";
import { Test } from "./test";
import { UsageSection } from "./usage-section";

/** Which models answer, where they are, what goes to them and what they took. */
export function ModelsView() {
  const settings = useAiSettings();
  return (
    <SettingsFrame part="models">
      {settings.isPending ? (
        <Loading>
          <Skeleton lines={8} />
        </Loading>
      ) : null}
      {settings.isError ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : null}
      {settings.data ? <Models settings={settings.data} /> : null}
      <UsageSection />
      <ConsentDialog />
    </SettingsFrame>
  );
}

function Models({ settings }: { settings: AiSettings }) {
  return (
    <>
      <InUse settings={settings} />
      <ProviderSection settings={settings} />
      <CloudSection settings={settings} />
      <OllamaSection settings={settings} />
      <OllamaOptions settings={settings} />
      <FallbacksSection settings={settings} />
      <PlacesSection settings={settings} />
      <EmbeddingSection settings={settings} />
      <LeavesSection settings={settings} />
    </>
  );
}

function InUse({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const ollama = useOllama();
  const [, ...others] = settings.in_use;
  // Automatic is content with no model at all; only what waits for the owner's consent is missing something.
  const isFine = settings.provider === "auto" && settings.consent_needed.length === 0;
  // That Ollama is away is said where it is set up; here where it is missed.
  const notes = settings.notes.filter((note) => !isFine || note !== ollama.data?.error);
  return (
    <Section title={words("models.now")}>
      <div className="rounded-md border border-line bg-surface p-3">
        <p role="status" className="font-medium">
          {whoAnswers(settings)}
        </p>
        {settings.in_use.length === 0 ? (
          <p className="text-13 text-muted">{words("models.extractive")}</p>
        ) : null}
        {others.length > 0 ? (
          <p className="text-13 text-muted">
            {words("models.then", { names: others.map((one) => whoAnswers({ in_use: [one] })).join("; ") })}
          </p>
        ) : null}
        {notes.map((note) => (
          <p key={note} className={`mt-1 text-13 ${isFine ? "text-muted" : "text-warn"}`}>
            {note.replaceAll("`", "")}
          </p>
        ))}
      </div>
      <Test change={{}} />
    </Section>
  );
}
