/** Code that is not needed to begin with: loaded once the browser has nothing else to do, so that it is there offline. */
import { type ComponentType, lazy } from "react";

export function loadLater<Props>(load: () => Promise<ComponentType<Props>>) {
  const idle = globalThis.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 1_000));
  idle(() => void load().catch(() => undefined));
  return lazy(async () => ({ default: await load() }));
}
