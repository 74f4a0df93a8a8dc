import { Button } from "@/components/ui/button";
import { type MessageId, useWords } from "@/lib/i18n";

const EXAMPLES = ["phrase", "not", "tag", "site", "kind", "before", "favourite", "highlighted"] as const;

/** What can be typed; a click on an example types it. */
export function QueryHelp({ onTry }: { onTry: (text: string) => void }) {
  const words = useWords();
  return (
    <section className="p-4">
      <h2 className="mb-2 text-13 text-muted">{words("search.help.title")}</h2>
      <dl className="grid max-w-lg grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1">
        {EXAMPLES.map((example) => {
          const text = words(`search.help.${example}` as MessageId);
          return (
            <div key={example} className="contents">
              <dt>
                <Button
                  kind="quiet"
                  className="min-h-7 px-1.5 font-mono text-13 text-accent"
                  onPress={() => onTry(text)}
                >
                  {text}
                </Button>
              </dt>
              <dd className="text-muted">{words(`search.help.${example}.text` as MessageId)}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
