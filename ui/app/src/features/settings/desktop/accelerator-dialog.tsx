import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useWords } from "@/lib/i18n";
import { acceleratorOf, shownAccelerator } from "./accelerator";

const DEFAULT = "CommandOrControl+Shift+Space";

interface AcceleratorDialogProps {
  keys: string | null;
  onKeys: (keys: string | null) => void;
  onClose: () => void;
}

/** Other keys for saving from any program: what is pressed while the field has the focus. */
export function AcceleratorDialog({ keys, onKeys, onClose }: AcceleratorDialogProps) {
  const words = useWords();
  const [chosen, choose] = useState(keys);
  return (
    <Dialog title={words("desktop.shortcut")} isOpen onClose={onClose}>
      <label className="flex flex-col gap-1 text-13 text-muted">
        {words("desktop.shortcut.press")}
        <input
          autoFocus
          readOnly
          value={chosen === null ? words("desktop.shortcut.none") : shownAccelerator(chosen)}
          onKeyDown={(event) => {
            const pressed = acceleratorOf(event);
            if (pressed === null) return;
            event.preventDefault();
            event.stopPropagation();
            choose(pressed);
          }}
          className="h-11 rounded-sm border border-control bg-surface px-3 text-16 text-text"
        />
      </label>
      <div className="mt-3 flex flex-wrap justify-end gap-2">
        <Button kind="quiet" onPress={() => onKeys(null)}>
          {words("desktop.shortcut.clear")}
        </Button>
        {chosen === DEFAULT ? null : (
          <Button kind="quiet" onPress={() => onKeys(DEFAULT)}>
            {words("desktop.shortcut.reset")}
          </Button>
        )}
        <Button kind="primary" onPress={() => onKeys(chosen)}>
          {words("action.save")}
        </Button>
      </div>
    </Dialog>
  );
}
