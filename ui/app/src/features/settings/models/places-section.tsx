import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import type { AiSettings } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { Section } from "../controls";
import { useChoose } from "./use-choose";

/** Places other than this machine whose Ollama may be asked: those allowed, and those that wait to be. */
export function PlacesSection({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const { choose, allow } = useChoose(settings);
  if (settings.remote_hosts.length + settings.consent_needed.length === 0) return null;
  return (
    <Section title={words("models.places")} text={words("models.places.text")}>
      {settings.consent_needed.map((place) => (
        <p key={place} className="flex flex-wrap items-center gap-2">
          <span className="text-warn">{words("models.places.needed", { place })}</span>
          <Button onPress={() => allow([place])}>{words("models.places.allow", { place })}</Button>
        </p>
      ))}
      {settings.remote_hosts.length > 0 ? (
        <div className="flex flex-wrap gap-2">
          {settings.remote_hosts.map((place) => (
            <Chip
              key={place}
              removeLabel={words("models.places.remove", { place })}
              onRemove={() =>
                choose(
                  { remote_hosts: settings.remote_hosts.filter((each) => each !== place) },
                  "models.places.removed",
                )
              }
            >
              {place}
            </Chip>
          ))}
        </div>
      ) : null}
    </Section>
  );
}
