import { Dialog } from "@/components/ui/dialog";
import { useWords } from "@/lib/i18n";
import { tellOutcome } from "@/lib/saving";
import { CaptureForm } from "./capture-form";

/** Saving from any view: it closes at once, and the answer comes as a notice. */
export function CaptureDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={words("capture.title")} isOpen={isOpen} onClose={onClose} placement="top">
      <CaptureForm
        onSaving={(outcome) => {
          void outcome.then(tellOutcome);
          onClose();
        }}
        onFiles={onClose}
        onOpen={onClose}
      />
    </Dialog>
  );
}
