import { useMemo } from "react";
import { type Command, useCommands } from "@/lib/commands";
import { copyHighlights, exportHighlights } from "@/lib/highlights";

/** Taking an item's highlights elsewhere, where it has some. */
export function useHighlightExport(itemId: string, hasSome: boolean): void {
  const commands = useMemo<Command[]>(
    () =>
      hasSome
        ? [
            {
              id: "reader.copyHighlights",
              title: "highlights.copy",
              group: "reader",
              run: () => void copyHighlights({ item_id: itemId }),
            },
            {
              id: "reader.exportHighlights",
              title: "command.highlights.export",
              group: "reader",
              run: () => void exportHighlights("markdown", { item_id: itemId }),
            },
          ]
        : [],
    [itemId, hasSome],
  );
  useCommands(commands);
}
