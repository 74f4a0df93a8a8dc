/** `F6` goes around what stands beside each other on the screen. */
const PANES = "nav, main, main aside, [data-pane]";
const FOCUSABLE = "[tabindex='0'], a[href], button:not(:disabled), input, textarea, h1";

/** Where the keyboard was in each pane when it left. */
const lastIn = new WeakMap<Element, HTMLElement>();

export function nextPane(): void {
  const panes = [...document.querySelectorAll<HTMLElement>(PANES)].filter((pane) => pane.checkVisibility());
  const active = document.activeElement;
  const here = panes.findLast((pane) => pane.contains(active));
  if (here && active instanceof HTMLElement) lastIn.set(here, active);
  const next = panes[(here === undefined ? 0 : panes.indexOf(here) + 1) % panes.length];
  if (next === undefined) return;
  const last = lastIn.get(next);
  const candidates = [...next.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    // What stands in a pane within this one is that pane's.
    (each) => each.checkVisibility() && panes.findLast((pane) => pane.contains(each)) === next,
  );
  const row = candidates.find((each) => each.matches("[role=row], [data-result]"));
  const wanted = last?.isConnected ? last : (row ?? candidates[0] ?? next);
  if (wanted.tabIndex < 0 && !wanted.hasAttribute("tabindex")) wanted.tabIndex = -1;
  wanted.focus();
}
