import { Outlet } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { Notices } from "@/components/ui/notices";
import { desktop, isDesktop } from "@/lib/desktop";
import { AwayBar } from "./away-bar";
import { useAddedFiles } from "./use-desktop";

/** The frame of the small window: no navigation. In the desktop app its links open in the large one. */
export function SmallFrame() {
  useAddedFiles();
  return (
    <div className="flex h-full flex-col" onClickCapture={openInLarge}>
      <AwayBar />
      <main id="main" className="min-h-0 flex-1 overflow-auto">
        <Outlet />
      </main>
      <Notices />
    </div>
  );
}

function openInLarge(event: MouseEvent): void {
  const link = isDesktop && event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null) return;
  event.preventDefault();
  void desktop.show(link.pathname + link.search);
}
