/** Code that is not needed to begin with: loaded once the browser has nothing else to do, so that it is there offline. */
import { type ComponentType, lazy, useEffect, useState } from "react";
import { connection } from "./connection";

const LATEST_MS = 2_000;
/** The user-timing mark of the moment from which all views can be gone to without Cortex. */
const FETCHED_AHEAD = "cortex-fetched-ahead";

/** Safari has no idle callbacks. */
function idle(then: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(then, { timeout: LATEST_MS });
  else setTimeout(then, LATEST_MS / 2);
}

/** A part of the program; where Cortex is away, once it is back. */
export async function whenThere<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch {
    connection.lost();
    await connection.back();
    return load();
  }
}

/** What opens over any view: wanted first while Cortex is away; each, whether it came. */
const first: Promise<boolean>[] = [];

const came = (part: Promise<unknown>) =>
  part.then(
    () => true,
    () => false,
  );

export function loadLater<Props>(load: () => Promise<ComponentType<Props>>) {
  first.push(came(new Promise<void>(idle).then(() => whenThere(load))));
  return loadWhenAsked(load);
}

/** The same for what is of no use while Cortex is away: loaded once it is shown. */
export function loadWhenAsked<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await whenThere(load) }));
}

/**
 * Fetches parts after those, one after another, each once there is nothing else to do or after two seconds; `loads`
 * must stay the same. What fails is tried once more, and otherwise when it is asked for: that alone says that Cortex is away.
 */
export function useAhead(loads: (() => Promise<unknown>)[]): void {
  useEffect(() => {
    let isGone = false;
    const loadOrRetry = async (load: () => Promise<unknown>) => {
      try {
        await load();
      } catch {
        await connection.back();
        await load();
      }
    };
    const next = async ([load, ...others]: (() => Promise<unknown>)[], isAllThere: boolean) => {
      await new Promise<void>(idle);
      if (isGone) return;
      if (load === undefined) {
        if (isAllThere) performance.mark(FETCHED_AHEAD);
        return;
      }
      await next(others, (await came(loadOrRetry(load))) && isAllThere);
    };
    void Promise.all(first).then((parts) => next(loads, parts.every(Boolean)));
    return () => {
      isGone = true;
    };
  }, [loads]);
}

/** Whether the browser has had nothing else to do since this was first shown. */
export function useOnceIdle(): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    idle(() => setIdle(true));
  }, []);
  return isIdle;
}
