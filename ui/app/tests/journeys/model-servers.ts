/** Stand-ins for servers of models, as far as the settings speak with them: one that loads models down, one that chats. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const MOMENT = "2026-11-21T07:21:36.538534927Z";
const LAYER = `sha256:${"a".repeat(64)}`;
const SIZE = 4_000_000;
const DIMENSION = 8;

/** What waits until it is opened. */
export class Gate {
  open = (): void => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>;

class StandIn {
  readonly #server: Server;

  constructor(answer: Answer) {
    this.#server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += String(part);
      await answer(request, response, body);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An Ollama that loads models down as far as it is let, and makes vectors. Its frames are those of 0.24. */
export class LoadingOllama extends StandIn {
  readonly models = new Set<string>(["tiny-embed:latest"]);
  /** Each download stops half-way until its gate is opened; the next download waits at the next gate. */
  gate = new Gate();
  /** Vectors of passages wait here. */
  vectors: Promise<void> = Promise.resolve();

  private constructor() {
    super((request, response, body) => this.#answer(request, response, body));
  }

  static async start(): Promise<LoadingOllama> {
    const ollama = new LoadingOllama();
    await ollama.listen();
    return ollama;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    switch (request.url) {
      case "/api/version":
        return whole(response, { version: "0.24.0" });
      case "/api/tags":
        return whole(response, { models: [...this.models].map(shown) });
      case "/api/ps":
        return whole(response, { models: [] });
      case "/api/show": {
        const embeds = (JSON.parse(body) as { model: string }).model.includes("embed");
        return whole(response, {
          details: shown("").details,
          model_info: {
            "general.architecture": "bert",
            "bert.context_length": 512,
            "bert.embedding_length": 8,
          },
          capabilities: embeds ? ["embedding"] : ["completion", "tools"],
          modified_at: MOMENT,
        });
      }
      case "/api/pull":
        return this.#pull((JSON.parse(body) as { model: string }).model, response);
      case "/api/embed": {
        const { input, model } = JSON.parse(body) as { input: string | string[]; model: string };
        const texts = typeof input === "string" ? [input] : input;
        if (texts.some((text) => text.includes("lighthouse"))) await this.vectors;
        return whole(response, { model, embeddings: texts.map(vector), prompt_eval_count: texts.length });
      }
      default:
        response.writeHead(404).end("404 page not found");
    }
  }

  async #pull(model: string, response: ServerResponse): Promise<void> {
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    const line = (value: unknown) => response.write(`${JSON.stringify(value)}\n`);
    line({ status: "pulling manifest" });
    line({ status: `pulling ${LAYER.slice(7, 19)}`, digest: LAYER, total: SIZE, completed: SIZE / 2 });
    await this.gate.opened;
    if (response.destroyed) return;
    line({ status: `pulling ${LAYER.slice(7, 19)}`, digest: LAYER, total: SIZE, completed: SIZE });
    line({ status: "verifying sha256 digest" });
    this.models.add(model.includes(":") ? model : `${model}:latest`);
    line({ status: "success" });
    response.end();
  }
}

/** A server that speaks as OpenAI does and always says the same. */
export class CompatibleServer extends StandIn {
  private constructor() {
    super((request, response, body) => answerChat(request, response, body));
  }

  static async start(): Promise<CompatibleServer> {
    const server = new CompatibleServer();
    await server.listen();
    return server;
  }
}

const answerChat: Answer = (request, response, body) => {
  if (request.url === "/v1/models")
    return whole(response, {
      object: "list",
      data: [{ id: "stand-in", object: "model", owned_by: "nobody" }],
    });
  if (request.url !== "/v1/chat/completions") {
    response.writeHead(404, { "Content-Type": "application/json" });
    response.end(
      JSON.stringify({ error: { message: "Unknown request URL.", type: "invalid_request_error" } }),
    );
    return;
  }
  const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean };
  const head = { id: "chatcmpl-1", created: 1_763_710_000, model };
  const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
  const message = { role: "assistant", content: "Hello from the stand-in." };
  if (!stream)
    return whole(response, {
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage,
    });
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  const chunk = (choices: unknown[], more = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`,
    );
  chunk([{ index: 0, delta: message, finish_reason: null }]);
  chunk([{ index: 0, delta: {}, finish_reason: "stop" }]);
  chunk([], { usage });
  response.end("data: [DONE]\n\n");
};

function shown(name: string) {
  return {
    name,
    model: name,
    modified_at: MOMENT,
    size: SIZE,
    digest: Buffer.from(name.padEnd(32)).toString("hex"),
    details: {
      parent_model: "",
      format: "gguf",
      family: "bert",
      families: ["bert"],
      parameter_size: "4.26M",
      quantization_level: "F16",
    },
  };
}

/** Something like an embedding: different for different texts. */
function vector(text: string): number[] {
  const sum = [...text].reduce((all, character) => all + (character.codePointAt(0) ?? 0), 0);
  return Array.from({ length: DIMENSION }, (_, place) => ((text.length * (place + 3) + sum) % 17) - 8);
}

function whole(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(value));
}
