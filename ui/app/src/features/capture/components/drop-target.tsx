import { useEffect, useState } from "react";
import { isTyping } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { meaningOf, saveFiles, saveItem } from "@/lib/saving";

/** Anything dropped on the window, or pasted outside of a field, is saved. */
export function DropTarget() {
  const words = useWords();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer || event.dataTransfer.types.includes("application/x-cortex")) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void take(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent) => {
      const typing =
        event.target instanceof Element &&
        isTyping({ target: event.target, isComposing: false } as unknown as KeyboardEvent);
      if (!typing && event.clipboardData) void take(event.clipboardData);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    addEventListener("paste", paste);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
      removeEventListener("paste", paste);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div className="pointer-events-none fixed inset-2 z-50 flex flex-col items-center justify-center rounded-md border-2 border-dashed border-accent bg-selected">
      <p className="text-20">{words("capture.drop")}</p>
      <p className="text-muted">{words("capture.drop.text")}</p>
    </div>
  );
}

async function take(data: DataTransfer): Promise<void> {
  if (data.files.length > 0) return saveFiles([...data.files]);
  const text = data.getData("text/uri-list") || data.getData("text/plain");
  if (text.trim()) await saveItem(meaningOf(text));
}
