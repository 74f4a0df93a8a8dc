import { Dialog } from "@/components/ui/dialog";
import { useOfferedCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { shownKeys } from "@/lib/keys";

/** Every shortcut of what is on the screen, the view's own first. */
export function HelpOverlay({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useWords();
  const commands = useOfferedCommands().filter((command) => command.keys?.length);
  const own = commands.filter((command) => command.group !== "everywhere");
  const everywhere = commands.filter((command) => command.group === "everywhere");
  return (
    <Dialog title={words("help.title")} isOpen={isOpen} onClose={onClose} width="max-w-2xl">
      <dl tabIndex={0} className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-1.5">
        {[...own, ...everywhere].map((command) => (
          <div key={command.id} className="contents">
            <dt>{words(command.title)}</dt>
            <dd className="text-end">
              {command.keys?.map((keys) => (
                <kbd
                  key={keys}
                  className="ms-2 rounded-sm border border-line px-1.5 py-0.5 text-12 text-muted"
                >
                  {shownKeys(keys)}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
