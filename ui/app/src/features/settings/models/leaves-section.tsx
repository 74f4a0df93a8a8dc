import { Link } from "@tanstack/react-router";
import type { AiSettings } from "@/lib/ai";
import { useWords } from "@/lib/i18n";
import { locale } from "@/lib/locale";
import { Facts, Section } from "../controls";
import { useServerSettings } from "../server-settings";

/** For each thing that Cortex does: what leaves this device for it, and where it goes. */
export function LeavesSection({ settings }: { settings: AiSettings }) {
  const words = useWords();
  const places = [...new Set(settings.in_use.filter((one) => !one.local).map((one) => one.place))];
  const place = new Intl.ListFormat(locale).format(places);
  const isFirst = settings.in_use[0]?.local === false;
  const toModel = (text: "chat" | "writing" | "digest") => {
    if (places.length === 0) return words("leaves.nothing");
    return words(isFirst ? `leaves.${text}` : `leaves.${text}.fallback`, { place });
  };
  const checksLinks = useServerSettings().data?.check_links ?? false;
  const isCloudSearch = settings.embedding.active.provider === "cloud";
  return (
    <Section title={words("leaves.title")} text={words("leaves.text")}>
      <Facts
        facts={[
          [words("leaves.chat.name"), toModel("chat")],
          [words("leaves.writing.name"), toModel("writing")],
          [words("leaves.digest.name"), toModel("digest")],
          [
            words("leaves.search.name"),
            isCloudSearch
              ? words("leaves.search", { model: settings.embedding.active.model })
              : words("leaves.nothing"),
          ],
          [words("leaves.connections.name"), words("leaves.nothing")],
          [words("leaves.save.name"), words("leaves.save")],
          [words("leaves.links.name"), words(checksLinks ? "leaves.links" : "leaves.nothing")],
          [words("leaves.local.name"), words("leaves.local")],
        ]}
      />
      <p>
        <Link to="/settings/privacy">{words("leaves.ledger")}</Link>
      </p>
    </Section>
  );
}
