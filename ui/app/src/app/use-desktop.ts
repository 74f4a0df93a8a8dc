import { useRouter } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { tellAdded, tellAdding } from "@/lib/added";
import { type Command, useCommands } from "@/lib/commands";
import { desktop, isDesktop, onAdded, onAdding, onGoTo } from "@/lib/desktop";
import { whenThere } from "@/lib/load-later";
import { useQueue } from "@/lib/queue";

const COMMANDS: Command[] = [
  {
    id: "desktop.close",
    title: "command.desktop.close",
    keys: ["$mod+w"],
    group: "everywhere",
    run: () => void desktop.closeWindow(),
  },
  {
    id: "desktop.quit",
    title: "command.desktop.quit",
    keys: ["$mod+q"],
    group: "everywhere",
    run: () => void desktop.quit(),
  },
];

/** What the page does for the desktop app around it: goes where it is sent, and has it tell what happened. */
export function useDesktop(): void {
  const { history } = useRouter();
  const isPaused = useQueue().data?.paused;
  useCommands(useMemo(() => (isDesktop ? COMMANDS : []), []));
  useEffect(() => {
    if (!isDesktop) return;
    const stops = [onGoTo((path) => history.push(path))];
    let ended = false;
    // Browsers have no use for it.
    void whenThere(() => import("@/lib/notifications")).then(({ followForNotifications }) => {
      if (!ended) stops.push(followForNotifications());
    });
    return () => {
      ended = true;
      for (const stop of stops) stop();
    };
  }, [history]);
  useAddedFiles();
  useEffect(() => {
    if (isDesktop && isPaused !== undefined) void desktop.tellPaused(isPaused);
  }, [isPaused]);
}

/** Say what becomes of files that the app adds. */
export function useAddedFiles(): void {
  useEffect(() => {
    if (!isDesktop) return;
    const stops = [onAdded(tellAdded), onAdding(tellAdding)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}
