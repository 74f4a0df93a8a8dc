import { useState } from "react";
import {
  Dialog as AriaDialog,
  Autocomplete,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  TextField,
  useFilter,
} from "react-aria-components";
import { useOfferedCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { shownKeys } from "@/lib/keys";

/** Every command, by typing a part of its name. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useWords();
  const commands = useOfferedCommands();
  const { contains } = useFilter({ sensitivity: "base" });
  const [text, setText] = useState("");
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-[rgb(0_0_0/35%)] p-4 pt-[12vh]"
    >
      <Modal className="w-full max-w-xl overflow-hidden rounded-md bg-surface shadow-dialog">
        <AriaDialog aria-label={words("palette.label")} className="outline-none">
          <Autocomplete inputValue={text} onInputChange={setText} filter={contains}>
            <TextField autoFocus aria-label={words("palette.label")}>
              <Input
                placeholder={words("palette.placeholder")}
                className="h-11 w-full border-b border-line bg-surface px-4 text-16 outline-none placeholder:text-muted"
              />
            </TextField>
            <Menu
              className="max-h-[50vh] overflow-auto p-1 outline-none"
              renderEmptyState={() => <p className="p-3 text-muted">{words("palette.empty")}</p>}
            >
              {commands.map((command) => (
                <MenuItem
                  key={command.id}
                  id={command.id}
                  textValue={words(command.title)}
                  onAction={() => {
                    onClose();
                    setText("");
                    command.run();
                  }}
                  className="flex items-center justify-between gap-4 rounded-sm px-3 py-2 data-[focused]:bg-selected"
                >
                  <span>{words(command.title)}</span>
                  {command.keys?.[0] ? (
                    <kbd className="text-12 text-muted">{shownKeys(command.keys[0])}</kbd>
                  ) : null}
                </MenuItem>
              ))}
            </Menu>
          </Autocomplete>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
