import { Select } from "@/components/ui/select";
import { useWords } from "@/lib/i18n";
import { locale } from "@/lib/locale";
import { Section, Toggle } from "./controls";
import { type ServerSettings, useChangeSettings } from "./server-settings";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });

/** When a digest is made, and whether links are checked for it. */
export function DigestSection({ settings }: { settings: ServerSettings }) {
  const words = useWords();
  const { mutate: change } = useChangeSettings();
  return (
    <Section title={words("data.digest")} text={words("data.digest.text")}>
      <Toggle
        label={words("data.digest.on")}
        hint={words("data.digest.hint")}
        isOn={settings.digest_enabled}
        onChange={(isOn) => change({ digest_enabled: isOn })}
      />
      {settings.digest_enabled ? (
        <div className="ms-6 w-32">
          <Select
            label={words("data.digest.hour")}
            value={String(settings.digest_hour)}
            onChange={(hour) => change({ digest_hour: Number(hour) })}
            options={HOURS.map((hour) => ({
              value: String(hour),
              label: time.format(new Date(2026, 0, 1, hour)),
            }))}
          />
        </div>
      ) : null}
      <Toggle
        label={words("data.links")}
        hint={words("data.links.hint")}
        isOn={settings.check_links}
        onChange={(isOn) => change({ check_links: isOn })}
      />
    </Section>
  );
}
