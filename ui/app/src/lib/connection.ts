/** Whether Cortex answers. While it does not, its health is asked for, 0.5 s after the loss, then ever more rarely. */
export type ConnectionState = { status: "connected" } | { status: "away"; since: number };

type Listener = () => void;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

class Connection {
  #state: ConnectionState = { status: "connected" };
  #listeners = new Set<Listener>();
  #pause = FIRST_PAUSE_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get = (): ConnectionState => this.#state;

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A request got no answer. */
  lost(): void {
    if (this.#state.status === "away") return;
    this.#become({ status: "away", since: Date.now() });
    this.#pause = FIRST_PAUSE_MS;
    this.#schedule();
  }

  /** A request was answered, whatever the answer. */
  answered(): void {
    if (this.#state.status === "connected") return;
    clearTimeout(this.#timer);
    this.#become({ status: "connected" });
  }

  /** Once Cortex answers. */
  back(): Promise<void> {
    if (this.#state.status === "connected") return Promise.resolve();
    return new Promise((resolve) => {
      const unsubscribe = this.subscribe(() => {
        if (this.#state.status === "away") return;
        unsubscribe();
        resolve();
      });
    });
  }

  #schedule(): void {
    this.#timer = setTimeout(async () => {
      try {
        const answer = await fetch("/api/health", { cache: "no-store" });
        if (answer.ok) return this.answered();
      } catch {
        // still away: asked again below
      }
      this.#pause = Math.min(this.#pause * 1.5, LONGEST_PAUSE_MS);
      this.#schedule();
    }, this.#pause);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const connection = new Connection();
