import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";

/** A small label; with `onRemove` it can be taken away. */
export function Chip({
  children,
  onRemove,
  removeLabel,
}: {
  children: ReactNode;
  onRemove?: () => void;
  removeLabel?: string;
}) {
  return (
    <span className="inline-flex min-h-6 items-center gap-1 rounded-full border border-line bg-surface px-2 text-12 text-text">
      {children}
      {onRemove ? (
        <Button
          onPress={onRemove}
          aria-label={removeLabel ?? ""}
          className="-me-1 inline-flex size-6 items-center justify-center rounded-full text-muted data-[hovered]:text-text"
        >
          <X size={12} aria-hidden />
        </Button>
      ) : null}
    </span>
  );
}
