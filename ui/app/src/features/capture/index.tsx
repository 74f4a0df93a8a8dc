import { useEffect, useMemo, useState } from "react";
import { type Command, useCommands } from "@/lib/commands";
import { sendKept } from "@/lib/saving";
import { CaptureDialog } from "./components/capture-dialog";
import { DropTarget } from "./components/drop-target";

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
      <CaptureDialog isOpen={isOpen} onClose={() => setOpen(false)} />
      <DropTarget />
    </>
  );
}
