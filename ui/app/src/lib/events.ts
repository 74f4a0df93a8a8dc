/**
 * One event stream for all tabs of a browser: the tab that holds the lock listens and tells the others. What the server
 * speaks of is taken in four times a second.
 */
import type { QueryClient } from "@tanstack/react-query";
import { api, streamTicket, unwrap } from "./api";
import { Live } from "./live";
import { isSignedIn } from "./session";

export interface ServerEvent {
  type: string;
  data: Record<string, unknown>;
}

const TYPES = [
  "item.created",
  "item.updated",
  "item.deleted",
  "queue.updated",
  "conversation.updated",
  "conversation.deleted",
  "tags.updated",
  "collections.updated",
  "searches.updated",
  "settings.updated",
  "task.created",
  "task.updated",
  "task.deleted",
  "task.reminder",
  "providers.updated",
  "connections.updated",
  "digest.created",
  "digest.deleted",
  "embeddings.updated",
  "reset",
];
const FLUSH_MS = 250;

type Listener = (event: ServerEvent) => void;
const listeners = new Set<Listener>();

/** Hear every event; gives the function that ends it. */
export function onServerEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Listen for this browser, or to the tab that does. */
export function followEvents(queries: QueryClient): void {
  const channel = new BroadcastChannel("cortex-events");
  const waiting: ServerEvent[] = [];
  let scheduled = false;

  const live = new Live(queries, (id) =>
    unwrap(api.GET("/api/items/{item_id}", { params: { path: { item_id: id }, query: { content: false } } })),
  );
  const flush = () => {
    scheduled = false;
    live.take(waiting.splice(0));
  };
  const take = (event: ServerEvent) => {
    for (const listener of listeners) listener(event);
    waiting.push(event);
    if (!scheduled) setTimeout(flush, FLUSH_MS);
    scheduled = true;
  };
  channel.onmessage = (message: MessageEvent<ServerEvent>) => take(message.data);

  void navigator.locks.request("cortex-events", async () => {
    for (;;) {
      await listen((event) => {
        channel.postMessage(event);
        take(event);
      });
    }
  });
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
let pause = FIRST_PAUSE_MS;
let lastId: string | undefined;

/** One stream, until it ends; then a pause, longer after each failure. */
async function listen(take: Listener): Promise<void> {
  try {
    if (isSignedIn()) await readStream(take);
  } catch {
    // away or stopped: the loop comes back
  }
  await new Promise((resolve) => setTimeout(resolve, pause));
  pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS);
}

async function readStream(take: Listener): Promise<void> {
  const address = new URL("/api/events", location.href);
  address.searchParams.set("ticket", await streamTicket());
  const missed = lastId !== undefined;
  const source = new EventSource(address);
  await new Promise<void>((resolve) => {
    source.onopen = () => {
      pause = FIRST_PAUSE_MS;
      if (missed) take({ type: "reset", data: {} });
    };
    source.onerror = () => {
      // A ticket is good once: EventSource's own attempts would be refused, so a new stream is opened instead.
      source.close();
      resolve();
    };
    for (const type of TYPES) {
      source.addEventListener(type, (event: MessageEvent<string>) => {
        lastId = event.lastEventId;
        take({ type, data: JSON.parse(event.data) as Record<string, unknown> });
      });
    }
  });
}
