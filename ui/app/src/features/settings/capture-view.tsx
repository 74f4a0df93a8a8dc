import { Button } from "@/components/ui/button";
import { useOfferedCommands } from "@/lib/commands";
import { fileSize } from "@/lib/format";
import { useWords } from "@/lib/i18n";
import { shownKeys } from "@/lib/keys";
import { locale } from "@/lib/locale";
import { Facts, Section } from "./controls";
import { useServerSettings } from "./server-settings";
import { SettingsFrame } from "./settings-frame";

/** The ways to save something that there are. */
export function CaptureView() {
  const words = useWords();
  const capture = useOfferedCommands().find((command) => command.id === "capture");
  const limits = useServerSettings().data?.limits;
  const keys = (capture?.keys ?? []).map(shownKeys);
  return (
    <SettingsFrame part="capture">
      <Section title={words("captureWays.title")} text={words("captureWays.text")}>
        <Facts
          facts={[
            [
              words("captureWays.keys.name"),
              words("captureWays.keys", {
                keys: new Intl.ListFormat(locale, { type: "disjunction" }).format(keys),
              }),
            ],
            [words("captureWays.paste.name"), words("captureWays.paste")],
            [words("captureWays.drop.name"), words("captureWays.drop")],
          ]}
        />
        {capture ? (
          <div>
            <Button kind="primary" onPress={capture.run}>
              {words(capture.title)}
            </Button>
          </div>
        ) : null}
      </Section>
      <Section title={words("captureWays.limits")} text={words("captureWays.limits.text")}>
        <p className="max-w-prose">{words("captureWays.formats")}</p>
        {limits ? (
          <p>
            {words("captureWays.sizes", {
              file: fileSize(limits.upload_file),
              page: fileSize(limits.capture_body),
            })}
          </p>
        ) : null}
      </Section>
    </SettingsFrame>
  );
}
