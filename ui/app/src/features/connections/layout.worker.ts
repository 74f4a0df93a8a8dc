import { type Edge, layout } from "./layout";

/** Lays a graph out beside the page's own thread. */
self.onmessage = (message: MessageEvent<{ count: number; edges: Edge[] }>) => {
  self.postMessage(layout(message.data.count, message.data.edges));
};
