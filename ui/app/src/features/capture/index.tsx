import { Suspense, useEffect, useMemo, useState } from "react";
import { type Command, useCommands } from "@/lib/commands";
import { loadLater } from "@/lib/load-later";
import { sendKept } from "@/lib/saving";
import { DropTarget } from "./components/drop-target";

const CaptureDialog = loadLater(async () => (await import("./components/capture-dialog")).CaptureDialog);

/** Saving from anywhere: by key, by dropping, by pasting. */
export function Capture() {
  const [isOpen, setOpen] = useState(false);
  useEffect(sendKept, []);
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
