import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useWords } from "@/lib/i18n";
import { IconButton } from "./button";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** `side`: a sheet at the end of the window, for what stands beside the view where there is room. */
  placement?: "centre" | "top" | "side";
  role?: "dialog" | "alertdialog";
  width?: string;
}

const PLACES = {
  centre: "items-center justify-center p-4",
  top: "items-start justify-center p-4 pt-[12vh]",
  side: "items-stretch justify-end",
} as const;

/** Traps the focus and gives it back. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  placement = "centre",
  role,
  width = "max-w-lg",
}: DialogProps) {
  const words = useWords();
  const shape = placement === "side" ? "h-full max-w-sm rounded-none" : `rounded-md max-h-[85dvh] ${width}`;
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={`fixed inset-0 z-40 flex bg-[rgb(0_0_0/35%)] ${PLACES[placement]}`}
    >
      <Modal className={`flex w-full flex-col overflow-hidden bg-surface shadow-dialog ${shape}`}>
        <AriaDialog role={role ?? "dialog"} className="flex min-h-0 flex-1 flex-col outline-none">
          <header className="flex items-center justify-between gap-2 border-b border-line ps-4 pe-2 py-2">
            <Heading slot="title" className="text-16">
              {title}
            </Heading>
            <IconButton icon={X} label={words("action.close")} onPress={onClose} />
          </header>
          <div className="min-h-0 flex-1 overflow-auto p-4">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
