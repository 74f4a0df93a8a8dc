import { Suspense, useEffect, useMemo, useState } from "react";
import { type Command, useCommands } from "@/lib/commands";
import { loadLater } from "@/lib/load-later";
import { sendKept } from "@/lib/send-kept";
import { DropTarget } from "./components/drop-target";
import { draftAgain, storeFiles } from "./draft";

const CaptureDialog = loadLater(async () => (await import("./components/capture-dialog")).CaptureDialog);

/** Saving from anywhere: by key, by dropping, by pasting. */
export function Capture() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => sendKept(draftAgain), []);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: "capture",
        title: "command.capture",
        keys: ["c", "$mod+n"],
        group: "everywhere",
        run: () => setOpen(true),
        noRepeat: true,
      },
      { id: "files", title: "command.files", keys: ["$mod+o"], group: "everywhere", run: chooseFiles },
    ],
    [],
  );
  useCommands(commands);
  return (
    <>
      <Suspense>{isOpen ? <CaptureDialog isOpen onClose={() => setOpen(false)} /> : null}</Suspense>
      <DropTarget />
    </>
  );
}

/** Ask for files in the system's own dialog. */
function chooseFiles(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.onchange = () => void storeFiles([...(input.files ?? [])]);
  input.click();
}
