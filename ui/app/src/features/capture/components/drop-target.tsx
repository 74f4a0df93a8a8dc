import { useEffect, useState } from "react";
import { isTyping } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import { storeFiles, storeText } from "../draft";

/** Anything dropped on the window, or pasted outside of a field, is saved. */
export function DropTarget() {
  const words = useWords();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let isOwn = false;
    const start = () => {
      isOwn = true;
    };
    const end = () => {
      isOwn = false;
    };
    const isTaken = (event: DragEvent) => event.dataTransfer !== null && isToBeSaved(event, isOwn);
    const over = (event: DragEvent) => {
      if (isTaken(event)) event.preventDefault();
      setOver(isTaken(event));
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!isTaken(event)) return;
      event.preventDefault();
      if (event.dataTransfer) void take(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent) => {
      const typing =
        event.target instanceof Element &&
        isTyping({ target: event.target, isComposing: false } as unknown as KeyboardEvent);
      if (!typing && event.clipboardData) void take(event.clipboardData);
    };
    addEventListener("dragstart", start);
    addEventListener("dragend", end);
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    addEventListener("paste", paste);
    return () => {
      removeEventListener("dragstart", start);
      removeEventListener("dragend", end);
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

/** Files are saved wherever they fall. Words that fall into a field belong there, and words of this page stay here. */
function isToBeSaved({ dataTransfer, target }: DragEvent, isOwn: boolean): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes("Files")) return true;
  if (types.includes("application/x-cortex")) return false;
  if (target instanceof Element && target.closest("input, textarea, [contenteditable]") !== null)
    return false;
  return !isOwn || types.includes("text/uri-list");
}

async function take(data: DataTransfer): Promise<void> {
  if (data.files.length > 0) return storeFiles([...data.files]);
  const text = data.getData("text/uri-list") || data.getData("text/plain");
  if (text.trim() && !text.startsWith(location.origin)) await storeText(text);
}
