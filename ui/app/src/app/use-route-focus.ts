/** Where the keyboard is after a change of the view: on its heading, or, on the way back, where it was. */
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

const PATIENCE_MS = 2_000;

export function useRouteFocus(): void {
  const router = useRouter();
  useEffect(() => {
    const left = new Map<string, string>();
    let waiting = 0;
    const stopLeaving = router.subscribe("onBeforeNavigate", ({ fromLocation, pathChanged }) => {
      const key = fromLocation?.state.__TSR_key;
      const place = pathChanged ? placeOf(document.activeElement) : null;
      if (key && place !== null) left.set(key, place);
    });
    const stopComing = router.subscribe("onRendered", ({ toLocation, fromLocation, pathChanged }) => {
      if (!pathChanged || fromLocation === undefined) return;
      const place = left.get(toLocation.state.__TSR_key ?? "");
      const until = performance.now() + PATIENCE_MS;
      const look = () => {
        const active = document.activeElement;
        // A view that takes the focus to a field of its own knows better, and so does somebody who went on.
        if (active !== null && active !== document.body && document.getElementById("main")?.contains(active))
          return;
        const was = place === undefined ? null : document.querySelector<HTMLElement>(place);
        const heading = document.querySelector<HTMLElement>("#main h1");
        if (was !== null) return was.focus({ preventScroll: true });
        const late = performance.now() > until;
        if (heading !== null && (place === undefined || late)) {
          if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
          heading.focus({ preventScroll: true });
        } else if (!late) {
          waiting = requestAnimationFrame(look);
        }
      };
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(look);
    });
    return () => {
      cancelAnimationFrame(waiting);
      stopLeaving();
      stopComing();
    };
  }, [router]);
}

/** What finds an element again in a view that was built anew; null when nothing does. */
function placeOf(element: Element | null): string | null {
  const main = document.getElementById("main");
  if (element === null || main === null || !main.contains(element)) return null;
  for (const name of ["data-item", "data-result", "href"]) {
    const value = element.getAttribute(name);
    if (value !== null) return `#main [${name}="${CSS.escape(value)}"]`;
  }
  return null;
}
