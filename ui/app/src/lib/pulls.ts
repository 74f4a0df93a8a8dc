/** Models that Ollama is loading down. They go on while one looks at other views, and end with the tab. */
import { create } from "zustand";
import { send } from "./api";
import { t } from "./i18n";
import { asProblem, problemOf } from "./problem";
import { queryClient } from "./query";
import { readEvents } from "./sse";
import { useNotices } from "./undo";

/** The events of a pull. The document describes them inside of the stream, where the client's types do not reach. */
interface Step {
  digest: string | null;
  completed: number | null;
  total: number | null;
}
type Ended = { done: true } | { error: string; message: string };

export interface Pull {
  model: string;
  /** 0–1 of all layers that are known of; null while Ollama does not say. */
  progress: number | null;
  completed: number;
  total: number;
  cancel: () => void;
}

interface Pulls {
  pulls: Record<string, Pull>;
  start: (model: string) => Promise<void>;
}

export const usePulls = create<Pulls>()((set, get) => ({
  pulls: {},
  start: async (model) => {
    if (model in get().pulls) return;
    const stop = new AbortController();
    const layers = new Map<string, { completed: number; total: number }>();
    const show = () => {
      let [completed, total] = [0, 0];
      for (const layer of layers.values()) {
        completed += layer.completed;
        total += layer.total;
      }
      const progress = total > 0 ? completed / total : null;
      const pull: Pull = { model, progress, completed, total, cancel: () => stop.abort() };
      set((state) => ({ pulls: { ...state.pulls, [model]: pull } }));
    };
    show();
    const { tell } = useNotices.getState();
    try {
      for await (const step of steps(model, stop.signal)) {
        if ("done" in step) {
          tell(t("pull.done", { model }));
        } else if ("error" in step) {
          tell(t("pull.failed", { model, reason: step.message }), { tone: "danger" });
        } else if (step.digest !== null && step.total !== null) {
          layers.set(step.digest, { completed: step.completed ?? 0, total: step.total });
          show();
        }
      }
    } catch (error) {
      if (stop.signal.aborted) tell(t("pull.cancelled", { model }));
      else tell(t("pull.failed", { model, reason: asProblem(error).message }), { tone: "danger" });
    } finally {
      set(({ pulls: { [model]: _, ...others } }) => ({ pulls: others }));
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) => ["ai", "ollama", "health"].includes(String(queryKey[0])),
      });
    }
  },
}));

async function* steps(model: string, signal: AbortSignal): AsyncGenerator<Step | Ended> {
  const response = await send(
    new Request("/api/providers/ollama/pull", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ model }),
      signal,
    }),
  );
  if (!response.ok || response.body === null)
    throw problemOf(response, await response.json().catch(() => null));
  for await (const data of readEvents(response.body)) yield JSON.parse(data) as Step | Ended;
}
