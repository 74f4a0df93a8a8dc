/** An Ollama on the wire whose model says what a script makes of each request. Its frames are those of 0.24. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const MODEL = "tiny-chat:latest";
const MOMENT = "2026-11-21T07:21:36.538534927Z";
const DETAILS = {
  parent_model: "",
  format: "gguf",
  family: "llama",
  families: ["llama"],
  parameter_size: "4.26M",
  quantization_level: "F16",
};
const SHOWN = {
  name: MODEL,
  model: MODEL,
  modified_at: MOMENT,
  size: 8_603_571,
  digest: "0".repeat(64),
  details: DETAILS,
};

export interface ChatBody {
  messages: { role: string; content: string }[];
  tools?: unknown[];
  format?: unknown;
  stream?: boolean;
}

export interface Said {
  /** Piece by piece; a promise holds back what follows until it is kept. */
  pieces?: (string | Promise<void>)[];
  thoughts?: string[];
  calls?: { name: string; arguments: Record<string, unknown> }[];
  /** The connection breaks behind the last piece. */
  breaksOff?: boolean;
}

export type Script = (body: ChatBody) => Said;

export class ScriptedOllama {
  readonly #server: Server;
  readonly #script: Script;
  /** What the model was asked that is not about what follows an answer. */
  readonly asked: ChatBody[] = [];

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(script: Script): Promise<ScriptedOllama> {
    const ollama = new ScriptedOllama(script);
    await new Promise<void>((resolve) => ollama.#server.listen(0, "127.0.0.1", resolve));
    return ollama;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    switch (request.url) {
      case "/api/version":
        return whole(response, 200, { version: "0.24.0" });
      case "/api/tags":
        return whole(response, 200, { models: [SHOWN] });
      case "/api/ps":
        return whole(response, 200, { models: [] });
      case "/api/show":
        return whole(response, 200, {
          license: "MIT",
          modelfile: `FROM ${MODEL}\n`,
          template: "{{ .Prompt }}",
          details: DETAILS,
          model_info: { "general.architecture": "llama", "llama.context_length": 8192 },
          capabilities: ["completion", "tools", "thinking"],
          modified_at: MOMENT,
        });
      case "/api/chat":
        return this.#chat(JSON.parse(body) as ChatBody, response);
      default:
        response.writeHead(404).end("404 page not found");
    }
  }

  async #chat(body: ChatBody, response: ServerResponse): Promise<void> {
    if (body.messages.length === 0)
      return whole(response, 200, { ...frame(""), done: true, done_reason: "load" });
    if (!body.format) this.asked.push(body);
    const { pieces = [], thoughts = [], calls = [], breaksOff = false } = this.#script(body);
    if (body.stream === false) {
      const content = pieces.filter((piece) => typeof piece === "string").join("");
      return whole(response, 200, { ...frame(content), ...end(pieces.length) });
    }
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    const line = (value: unknown) => response.write(`${JSON.stringify(value)}\n`);
    for (const thinking of thoughts) line(frame("", { thinking }));
    for (const piece of pieces) {
      if (typeof piece === "string") line(frame(piece));
      else await piece;
    }
    if (breaksOff) {
      response.destroy();
      return;
    }
    if (calls.length > 0)
      line(
        frame("", {
          tool_calls: calls.map((call, index) => ({
            id: `call_${String(index).padStart(8, "0")}`,
            function: { index, ...call },
          })),
        }),
      );
    line({ ...frame(""), ...end(pieces.length) });
    response.end();
  }
}

function frame(content: string, parts: Record<string, unknown> = {}) {
  return {
    model: MODEL,
    created_at: MOMENT,
    message: { role: "assistant", content, ...parts },
    done: false,
  };
}

function end(tokens: number) {
  return {
    done: true,
    done_reason: "stop",
    total_duration: 1_681_165_993,
    load_duration: 2_958_700,
    prompt_eval_count: 18,
    prompt_eval_duration: 271_607_723,
    eval_count: tokens,
    eval_duration: 1_404_771_709,
  };
}

function whole(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(value));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}
