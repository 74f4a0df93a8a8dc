import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { useWords } from "@/lib/i18n";
import { useOrganise, useTagSuggestions } from "../api";

const FEW = 3;
const MORE = 20;

/** What could be tidied: tags that differ by their ending or signs alone, and those that nothing carries. */
export function TagSuggestions() {
  const words = useWords();
  const organise = useOrganise();
  const { data } = useTagSuggestions();
  const [shown, setShown] = useState(FEW);
  if (data === undefined || data.merges.length + data.unused.length === 0) return null;
  const { merges, unused } = data;
  return (
    <section className="mb-4 flex flex-col gap-3 rounded-md border border-line bg-surface p-3">
      {merges.length > 0 ? (
        <div>
          <h2 className="text-13 text-muted">{words("organise.merges")}</h2>
          <ul>
            {merges.slice(0, shown).map(({ name, count, into, into_count }) => (
              <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1">
                <span className="min-w-0 flex-1 basis-40 [overflow-wrap:anywhere]" dir="auto">
                  {words("organise.merge.pair", { name, count, into, into_count })}
                </span>
                <Button
                  aria-label={words("organise.merge.of", { name, into })}
                  onPress={() =>
                    organise.mutate({
                      kind: "rename tag",
                      name,
                      to: into,
                      merge: true,
                      said: "organise.tag.merged",
                    })
                  }
                >
                  {words("organise.tag.merge")}
                </Button>
              </li>
            ))}
          </ul>
          {merges.length > shown ? (
            <Button kind="quiet" onPress={() => setShown(shown + MORE)}>
              {words("organise.tag.more", { count: merges.length - shown })}
            </Button>
          ) : null}
        </div>
      ) : null}
      {unused.length > 0 ? (
        <div>
          <h2 className="mb-1 text-13 text-muted">{words("organise.unused")}</h2>
          <div className="flex flex-wrap gap-1">
            {unused.slice(0, MORE).map((name) => (
              <Chip
                key={name}
                onRemove={() => organise.mutate({ kind: "delete tag", name, said: "organise.tag.deleted" })}
                removeLabel={words("organise.tag.delete", { name })}
              >
                <span dir="auto">#{name}</span>
              </Chip>
            ))}
            {unused.length > MORE ? (
              <span className="self-center text-12 text-muted">
                {words("organise.unused.rest", { count: unused.length - MORE })}
              </span>
            ) : null}
          </div>
        </div>
      ) : null}
    </section>
  );
}
