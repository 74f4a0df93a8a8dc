import { useState } from "react";
import {
  Dialog as AriaDialog,
  Autocomplete,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  TextField,
} from "react-aria-components";
import { useWords } from "@/lib/i18n";
import { usePaletteEntries } from "./use-palette-entries";

/** Every command, and the library, by typing a part of a name. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-[rgb(0_0_0/35%)] p-4 pt-[12vh]"
    >
      <Modal className="w-full max-w-xl overflow-hidden rounded-md bg-surface shadow-dialog">
        <AriaDialog aria-label={words("palette.label")} className="outline-none">
          <Entries onClose={onClose} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Entries({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const [text, setText] = useState("");
  const sections = usePaletteEntries(text);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <TextField autoFocus aria-label={words("palette.label")}>
        <Input
          placeholder={words("palette.placeholder")}
          className="h-11 w-full border-b border-line bg-surface px-4 text-16 outline-none placeholder:text-muted"
        />
      </TextField>
      <Menu
        aria-label={words("palette.label")}
        className="max-h-[50vh] overflow-auto p-1 outline-none"
        renderEmptyState={() => <p className="p-3 text-muted">{words("palette.empty")}</p>}
      >
        {sections.map((section) => (
          <MenuSection key={section.title} id={section.title}>
            <Header className="px-3 pt-2 pb-1 text-12 text-muted">{words(section.title)}</Header>
            {section.entries.map((entry) => (
              <MenuItem
                key={entry.id}
                id={entry.id}
                textValue={entry.text}
                onAction={() => {
                  onClose();
                  entry.run();
                }}
                className="flex items-center justify-between gap-4 rounded-sm px-3 py-2 focus-visible:-outline-offset-2 data-[focused]:bg-selected"
              >
                <span className="truncate" dir="auto">
                  {entry.text}
                </span>
                {entry.keys ? <kbd className="shrink-0 text-12 text-muted">{entry.keys}</kbd> : null}
              </MenuItem>
            ))}
          </MenuSection>
        ))}
      </Menu>
      <p className="border-t border-line px-4 py-2 text-12 text-muted">{words("palette.prefixes")}</p>
    </Autocomplete>
  );
}
