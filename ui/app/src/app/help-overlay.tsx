import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { type Command, useOfferedCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { sameKeys, shownKeys } from "@/lib/keys";

/** Every shortcut of what is on the screen, the pane's own first that the focus is in. */
export function HelpOverlay({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useWords();
  const commands = useOfferedCommands();
  const [isInFrame] = useState(() => document.activeElement?.closest("nav, main")?.matches("nav") ?? false);
  const groups = byGroup(commands);
  if (isInFrame) groups.reverse();
  return (
    <Dialog title={words("help.title")} isOpen={isOpen} onClose={onClose} width="max-w-2xl">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and nothing in it has the focus */}
      <section tabIndex={0} aria-label={words("help.title")} className="flex flex-col gap-5">
        {groups.map(([group, own]) => (
          <div key={group}>
            <h3 className="mb-1.5 text-14">{words(`shortcuts.group.${group}`)}</h3>
            <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5">
              {own.map((command) => (
                <div key={command.id} className="contents">
                  <dt>{words(command.title)}</dt>
                  <dd className="text-end">
                    {command.keys.map((keys) => (
                      <kbd
                        key={keys}
                        className="ms-2 inline-block rounded-sm border border-line px-1.5 py-0.5 text-12 text-muted"
                      >
                        {shownKeys(keys)}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </section>
    </Dialog>
  );
}

type Shown = Command & { keys: string[] };

/** The view's own groups, then what works everywhere, without the keys that the view has for something else. */
function byGroup(commands: Command[]): [Command["group"], Shown[]][] {
  const groups = new Map<Command["group"], Shown[]>();
  const taken = new Set<string>();
  const inOrder = [
    ...commands.filter(({ group }) => group !== "everywhere"),
    ...commands.filter(({ group }) => group === "everywhere"),
  ];
  for (const command of inOrder) {
    const keys = (command.keys ?? []).filter(
      (each) => command.group !== "everywhere" || !taken.has(sameKeys(each)),
    );
    if (keys.length === 0) continue;
    if (command.group !== "everywhere") for (const each of keys) taken.add(sameKeys(each));
    groups.set(command.group, [...(groups.get(command.group) ?? []), { ...command, keys }]);
  }
  return [...groups];
}
