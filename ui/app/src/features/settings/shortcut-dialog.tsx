import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { KnownCommand } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { shownKeys } from "@/lib/keys";
import { locale } from "@/lib/locale";
import { usePreferences } from "@/lib/preferences";
import { pressedKeys, rivals } from "./shortcut-keys";

const APPLE = /Mac|iP(?:hone|ad)/.test(navigator.platform);

interface ShortcutDialogProps {
  command: KnownCommand;
  all: (KnownCommand & { keys: string[] })[];
  onClose: () => void;
}

/** Other keys for a command: what is pressed while the field has the focus. */
export function ShortcutDialog({ command, all, onClose }: ShortcutDialogProps) {
  const words = useWords();
  const { keys: own, set } = usePreferences();
  const [keys, setKeys] = useState(own[command.id] ?? command.keys ?? []);
  const same = rivals({ ...command, keys }, all);
  const store = (next: string[] | null) => {
    const { [command.id]: _, ...others } = own;
    set({ keys: next === null ? others : { ...others, [command.id]: next } });
    onClose();
  };
  return (
    <Dialog title={words(command.title)} isOpen onClose={onClose}>
      <label className="flex flex-col gap-1 text-13 text-muted">
        {words("shortcuts.press")}
        <input
          autoFocus
          readOnly
          value={keys.map(shownKeys).join(", ") || words("shortcuts.none")}
          onKeyDown={(event) => {
            const pressed = pressedKeys(event, APPLE);
            if (pressed === null) return;
            event.preventDefault();
            event.stopPropagation();
            setKeys([pressed]);
          }}
          className="h-11 rounded-sm border border-control bg-surface px-3 text-16 text-text"
        />
      </label>
      <p role="status" className="mt-2 min-h-5 text-13 text-warn">
        {same.length > 0
          ? words("shortcuts.rivals", {
              names: new Intl.ListFormat(locale).format(same.map((one) => words(one.title))),
            })
          : ""}
      </p>
      <div className="mt-3 flex flex-wrap justify-end gap-2">
        <Button kind="quiet" onPress={() => store([])}>
          {words("shortcuts.takeAway")}
        </Button>
        {own[command.id] ? (
          <Button kind="quiet" onPress={() => store(null)}>
            {words("shortcuts.reset")}
          </Button>
        ) : null}
        <Button kind="primary" onPress={() => store(keys)}>
          {words("action.save")}
        </Button>
      </div>
    </Dialog>
  );
}
