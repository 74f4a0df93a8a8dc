import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Suspense, useMemo, useState } from "react";
import { Notices } from "@/components/ui/notices";
import { Capture } from "@/features/capture";
import { type Command, useCommands } from "@/lib/commands";
import { loadLater, loadWhenAsked, useAhead } from "@/lib/load-later";
import { usePreferences } from "@/lib/preferences";
import { undo } from "@/lib/undo";
import { useSignedIn } from "@/lib/use-signed-in";
import { AwayBar } from "./away-bar";
import { Navigation } from "./navigation";
import { nextPane } from "./panes";
import { PLACES } from "./places";
import { useDesktop } from "./use-desktop";
import { useRouteFocus } from "./use-route-focus";
import { useShortcuts } from "./use-shortcuts";
import { VIEWS } from "./views";

const Palette = loadLater(async () => (await import("./palette")).Palette);
const SignIn = loadWhenAsked(async () => (await import("./sign-in")).SignIn);
const HelpOverlay = loadLater(async () => (await import("./help-overlay")).HelpOverlay);

const SmallFrame = loadWhenAsked(async () => (await import("./small-frame")).SmallFrame);

/** What is around a view: the frame, the small window's, or how to sign in. */
export function Shell() {
  const signedIn = useSignedIn();
  const isSmall = useRouterState({ select: (state) => state.location.pathname === "/capture" });
  useShortcuts();
  useRouteFocus();
  if (signedIn && !isSmall) return <Frame />;
  return <Suspense>{signedIn ? <SmallFrame /> : <SignIn />}</Suspense>;
}

/** Navigation, notices, palette, help. */
function Frame() {
  const [overlay, setOverlay] = useState<"palette" | "help" | null>(null);
  useCommands(useShellCommands(setOverlay));
  useDesktop();
  useAhead(VIEWS);
  return (
    <div className="flex h-full flex-col">
      <AwayBar />
      <div className="flex min-h-0 flex-1 max-medium:flex-col-reverse">
        <Navigation />
        <main id="main" className="min-h-0 min-w-0 flex-1 overflow-auto">
          <Outlet />
        </main>
      </div>
      <Capture />
      <Notices />
      <Suspense>
        {overlay === "palette" ? <Palette isOpen onClose={() => setOverlay(null)} /> : null}
        {overlay === "help" ? <HelpOverlay isOpen onClose={() => setOverlay(null)} /> : null}
      </Suspense>
    </div>
  );
}

/** Where the focus stood in what is hidden now, the way back gets it. */
function toggleNavigation(): void {
  usePreferences.setState((state) => ({ navHidden: !state.navHidden }));
  requestAnimationFrame(() => {
    const focused = document.activeElement;
    if (focused === document.body || focused?.checkVisibility() === false)
      document.querySelector<HTMLElement>("[data-nav-edge]")?.focus();
  });
}

function useShellCommands(show: (overlay: "palette" | "help") => void): Command[] {
  const navigate = useNavigate();
  return useMemo(() => {
    const places = PLACES.map(
      (place): Command => ({
        id: `go.${place.id}`,
        title: `command.go.${place.id}`,
        keys: place.id === "search" ? [`g ${place.key}`, "/"] : [`g ${place.key}`],
        group: "everywhere",
        run: () => void navigate({ to: place.to }),
      }),
    );
    const commands: Command[] = [
      ...places,
      {
        id: "palette",
        title: "command.palette",
        keys: ["$mod+k"],
        group: "everywhere",
        run: () => show("palette"),
      },
      { id: "help", title: "command.help", keys: ["?"], group: "everywhere", run: () => show("help") },
      {
        id: "highlights",
        title: "highlights.all",
        group: "everywhere",
        run: () => void navigate({ to: "/search", search: { in: "highlights" } }),
      },
      { id: "undo", title: "command.undo", keys: ["$mod+z"], group: "everywhere", run: () => void undo() },
      { id: "panes", title: "command.panes", keys: ["F6"], group: "everywhere", run: nextPane },
      {
        id: "nav",
        title: "command.nav",
        keys: ["$mod+\\"],
        group: "everywhere",
        run: toggleNavigation,
      },
    ];
    return commands;
  }, [navigate, show]);
}
