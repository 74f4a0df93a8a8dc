import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Command, useCommands } from "@/lib/commands";

/** `F6` goes around the panes; in each the focus goes to its newest answer, its field, or the pane itself. */
export function usePaneCommands(): void {
  const navigate = useNavigate();
  const commands = useMemo<Command[]>(
    () => [
      { id: "chat.panes", title: "command.chat.panes", keys: ["F6"], group: "chat", run: nextPane },
      {
        id: "chat.new",
        title: "command.chat.new",
        group: "chat",
        run: () => void navigate({ to: "/chat" }),
      },
    ],
    [navigate],
  );
  useCommands(commands);
}

/** From the field to the answers, to the source beside them, to the list, and back to the field. */
function nextPane(): void {
  const order = ["field", "answers", "source", "list"];
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")]
    .filter((pane) => pane.checkVisibility())
    .sort((a, b) => order.indexOf(a.dataset.pane ?? "") - order.indexOf(b.dataset.pane ?? ""));
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(at + 1) % panes.length];
  const wanted = [...(pane?.querySelectorAll<HTMLElement>("[data-pane-focus]") ?? [])].at(-1);
  const first = pane?.querySelector<HTMLElement>("a[href], button, textarea");
  (wanted ?? first ?? pane)?.focus();
}
