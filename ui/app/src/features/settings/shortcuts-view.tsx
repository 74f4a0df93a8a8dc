import { useState } from "react";
import { Button } from "@/components/ui/button";
import { isSingleKey, type KnownCommand, useKnownCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { shownKeys } from "@/lib/keys";
import { usePreferences } from "@/lib/preferences";
import { Section, Toggle } from "./controls";
import { SettingsFrame } from "./settings-frame";
import { ShortcutDialog } from "./shortcut-dialog";

const GROUPS = ["everywhere", "lists", "reader", "search", "chat", "view"] as const;

/** Every command with its keys; the keys can be others, or none that are single. */
export function ShortcutsView() {
  const words = useWords();
  const { singleKeys, keys: own, set } = usePreferences();
  const known = Object.values(useKnownCommands((state) => state.known));
  const [changed, change] = useState<KnownCommand | null>(null);
  const shown = known.map((command) => ({ ...command, keys: own[command.id] ?? command.keys ?? [] }));
  return (
    <SettingsFrame part="shortcuts">
      <div className="mb-6 flex flex-col items-start gap-3">
        <Toggle
          label={words("shortcuts.single")}
          hint={words("shortcuts.single.hint")}
          isOn={singleKeys}
          onChange={(isOn) => set({ singleKeys: isOn })}
        />
        {Object.keys(own).length > 0 ? (
          <Button onPress={() => set({ keys: {} })}>{words("shortcuts.resetAll")}</Button>
        ) : null}
      </div>
      {GROUPS.map((group) => {
        const commands = shown.filter((command) => command.group === group);
        if (commands.length === 0) return null;
        return (
          <Section key={group} title={words(`shortcuts.group.${group}`)}>
            <ul>
              {commands.map((command) => (
                <li key={command.id} className="flex items-center gap-3 border-b border-line py-1">
                  <span className="min-w-0 flex-1">{words(command.title)}</span>
                  <span className="text-end">
                    {command.keys.map((keys) => (
                      <kbd
                        key={keys}
                        className={`ms-2 inline-block rounded-sm border border-line px-1.5 py-0.5 text-12 text-muted ${!singleKeys && isSingleKey(keys) ? "line-through" : ""}`}
                      >
                        {shownKeys(keys)}
                      </kbd>
                    ))}
                    {command.keys.length === 0 ? (
                      <span className="text-12 text-muted">{words("shortcuts.none")}</span>
                    ) : null}
                  </span>
                  <Button
                    kind="quiet"
                    onPress={() => change(command)}
                    aria-label={words("shortcuts.change.of", { name: words(command.title) })}
                  >
                    {words("shortcuts.change")}
                  </Button>
                </li>
              ))}
            </ul>
          </Section>
        );
      })}
      <p className="text-13 text-muted">{words("shortcuts.seen")}</p>
      {changed ? <ShortcutDialog command={changed} all={shown} onClose={() => change(null)} /> : null}
    </SettingsFrame>
  );
}
