import { api, unwrap } from "@/lib/api";

const WORTH_NOTING = 0.005;
const SETTLED_MS = 1_500;

/** Stores how far an item was read, a share from 0 to 1, where it differs enough from what was noted `before`. */
export function noteProgress(itemId: string, before: number): (share: number) => void {
  let noted = before;
  return (share) => {
    const progress = Math.round(share * 10_000) / 10_000;
    if (Math.abs(progress - noted) < WORTH_NOTING) return;
    const last = noted;
    noted = progress;
    const params = { path: { item_id: itemId }, query: { content: false } };
    // Failing costs nothing: the next scroll notes it again. It is sent also where the page ends meanwhile.
    const request = { params, body: { read_progress: progress }, keepalive: true };
    unwrap(api.PUT("/api/items/{item_id}", request)).catch(() => {
      if (noted === progress) noted = last;
    });
  };
}

/**
 * Notes a share once nobody has scrolled for a while, or the page is put away; whoever leaves the view before runs what
 * `pending` holds.
 */
export function noteSettled(
  frame: HTMLElement,
  pending: { current: (() => void) | null },
  note: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    pending.current = null;
    clearTimeout(timer);
    // Without a height it is not shown any more: nothing could be measured.
    if (frame.isConnected && frame.clientHeight > 0) note();
  };
  const onScroll = () => {
    clearTimeout(timer);
    pending.current = now;
    timer = setTimeout(now, SETTLED_MS);
  };
  const onAway = () => document.visibilityState === "hidden" && pending.current?.();
  const onEnd = () => pending.current?.();
  frame.addEventListener("scroll", onScroll, { passive: true });
  document.addEventListener("visibilitychange", onAway);
  addEventListener("pagehide", onEnd);
  return () => {
    clearTimeout(timer);
    pending.current = null;
    frame.removeEventListener("scroll", onScroll);
    document.removeEventListener("visibilitychange", onAway);
    removeEventListener("pagehide", onEnd);
  };
}
