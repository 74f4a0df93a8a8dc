/**
 * One conversation's line to the server: asks, follows the answer, and takes it up again after a lost connection.
 * It outlives the view, so that an answer goes on while its owner looks elsewhere.
 */
import { openSocket, send } from "@/lib/api";
import { connection } from "@/lib/connection";
import { t } from "@/lib/i18n";
import { Problem, problemOf } from "@/lib/problem";
import { useKept } from "./kept";
import {
  type AnsweredBy,
  begin,
  beginFrom,
  type LiveAnswer,
  type Message,
  reduce,
  type StreamEvent,
} from "./live-answer";
import { type AskScope, scopeOf } from "./scope";

type Listener = () => void;
/** 20 pictures a second are enough to read by. */
const DRAW_MS = 50;
/** How often a lost connection is made again by itself before an event is heard. */
const MOST_ATTEMPTS = 5;

export interface Question {
  content: string;
  scope: AskScope;
  model: string | null;
}

export interface SessionEvents {
  /** The server has the question, or has ended its answer: what is stored has changed. */
  stored: (message: Message | null) => void;
  /** The question was not taken. */
  refused: (question: string, problem: Problem) => void;
}

export class ChatSession {
  readonly id: string;
  readonly #open: (path: string) => Promise<WebSocket>;
  #socket: Promise<WebSocket> | null = null;
  #live: LiveAnswer | null = null;
  /** What was drawn last; chunks come faster than they are drawn. */
  #shown: LiveAnswer | null = null;
  /** The answer before this one: its end may be told after the next question was asked. */
  #givenUp: string | null = null;
  #attempts = 0;
  #listeners = new Set<Listener>();
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #endWait: (() => void) | undefined;
  #suggestions: Record<string, string[]> = {};
  #told: Record<string, AnsweredBy> = {};
  events: SessionEvents = { stored: () => {}, refused: () => {} };

  constructor(id: string, open = openSocket) {
    this.id = id;
    this.#open = open;
  }

  get = (): LiveAnswer | null => this.#shown;
  /** Who answered and what was held back, of answers of this sitting. */
  toldOf = (messageId: string): AnsweredBy | undefined => this.#told[messageId];
  suggestionsOf = (messageId: string): string[] | undefined => this.#suggestions[messageId];

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && !this.isBusy) this.#hangUp();
    };
  };

  get isBusy(): boolean {
    return this.#live !== null && this.#live.phase !== "ended";
  }

  /** Ask. Rejects, with nothing asked, when Cortex cannot be reached. */
  async ask({ content, scope, model }: Question): Promise<void> {
    if (this.isBusy && this.#live?.phase !== "approval") return;
    const socket = await this.#line();
    this.#givenUp = this.#live?.messageId ?? null;
    this.#become(begin(content, null, Date.now()));
    socket.send(JSON.stringify({ message: content, scope: scopeOf(scope), ...(model ? { model } : {}) }));
  }

  /** Answer a stored question again, with new words when they are given; what came after it goes. */
  async askAgain(messageId: string, content: string | null, model: string | null): Promise<string | null> {
    const path = `/api/conversations/${this.id}/messages/${messageId}${content === null ? "/regenerate" : ""}`;
    const response = await send(
      new Request(path, {
        method: content === null ? "POST" : "PUT",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify({ ...(content === null ? {} : { content }), ...(model ? { model } : {}) }),
      }),
    );
    if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
    // The first event says which answer it is; the rest is heard like any other answer's.
    const answerId = await firstMessageId(response);
    this.#become(begin(content, answerId, Date.now()));
    this.events.stored(null);
    await this.#resume(answerId, 0);
    return response.headers.get("X-Undo-Id");
  }

  /** Follow an answer that was found being made or waiting. */
  attend(message: Message): void {
    if (this.isBusy) return;
    if (this.#live?.message?.id === message.id) {
      this.events.stored(this.#live.message);
      return;
    }
    this.#become(beginFrom(message));
    if (message.status === "waiting") void this.#line().catch(() => this.#lost());
    else void this.#resume(message.id, 0).catch(() => this.#lost());
  }

  /** Stop; what was written is kept. */
  stop(): void {
    if (this.isBusy) this.#tell({ type: "cancel" });
  }

  decide(callId: string, word: "approve" | "refuse", always: boolean): void {
    this.#tell({ type: word, tool_call_id: callId, always });
  }

  /** Take the answer up again behind the last event that was heard. */
  async continue(): Promise<void> {
    const live = this.#live;
    if (live?.phase !== "lost") return;
    this.#endWait?.();
    if (live.messageId !== null) return this.#resume(live.messageId, live.seq).catch(() => this.#lost());
    // Whether the question arrived is not known: what is stored shows it.
    this.#become(null);
    this.events.refused(live.question ?? "", new Problem("", "unheard", 0));
  }

  #tell(message: Record<string, unknown>): void {
    void this.#line().then(
      (socket) => socket.send(JSON.stringify(message)),
      () => this.#lost(),
    );
  }

  async #resume(messageId: string, seq: number): Promise<void> {
    const socket = await this.#line();
    if (this.#live?.phase === "lost") this.#become({ ...this.#live, phase: "answering" });
    socket.send(JSON.stringify({ resume: { message_id: messageId, seq } }));
  }

  #line(): Promise<WebSocket> {
    this.#socket ??= this.#connect().catch((error: unknown) => {
      this.#socket = null;
      throw error;
    });
    return this.#socket;
  }

  async #connect(): Promise<WebSocket> {
    const socket = await this.#open(`/api/ws/chat/${this.id}`);
    socket.onmessage = (event: MessageEvent<string>) => this.#hear(JSON.parse(event.data) as StreamEvent);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Problem(t("state.noAnswer"), "away", 0));
    });
    socket.onclose = () => {
      this.#socket = null;
      if (this.isBusy) this.#lost();
    };
    return socket;
  }

  #hangUp(): void {
    const socket = this.#socket;
    this.#socket = null;
    void socket?.then((open) => open.close()).catch(() => {});
  }

  /** The text stays; it goes on when Cortex is back. */
  #lost(): void {
    const live = this.#live;
    if (live === null || live.phase === "lost") return;
    if (live.messageId !== null && live.content !== "")
      useKept.getState().keepPartial(live.messageId, live.content);
    this.#become({ ...live, phase: "lost" });
    connection.lost();
    const end = connection.subscribe(() => {
      if (connection.get().status !== "connected" || this.#attempts >= MOST_ATTEMPTS) return;
      this.#attempts += 1;
      void this.continue();
    });
    this.#endWait = () => {
      end();
      this.#endWait = undefined;
    };
  }

  #hear(event: StreamEvent): void {
    if (event.type === "suggestions" && event.message_id) {
      this.#suggestions[event.message_id] = event.items as string[];
      this.#draw();
    } else if (event.type === "error" && event.message_id === undefined) this.#refused(event);
    else this.#follow(event);
  }

  #follow(event: StreamEvent): void {
    const before = this.#live;
    if (event.message_id === this.#givenUp && before?.messageId !== this.#givenUp) {
      if (event.type === "done") this.events.stored(event.message as Message);
      return;
    }
    if (before === null || (before.messageId !== null && event.message_id !== before.messageId)) return;
    this.#attempts = 0;
    const live = reduce(before, event);
    if (live === before) return;
    this.#live = live;
    if (live.by && live.messageId) this.#told[live.messageId] = live.by;
    if (before.messageId === null || live.phase === "ended") this.events.stored(live.message);
    if (event.type === "chunk" || event.type === "thought") this.#soon();
    else this.#draw();
    if (live.phase === "ended" && this.#listeners.size === 0) this.#hangUp();
  }

  #refused(event: StreamEvent): void {
    if (event.error === "stopping") return; // the connection closes next
    const problem = new Problem(String(event.message), String(event.error), 0);
    const live = this.#live;
    const isNew = live !== null && live.messageId === null;
    if (isNew || problem.code.endsWith("not_found")) this.#become(null);
    this.events.refused(isNew ? (live.question ?? "") : "", problem);
  }

  #become(live: LiveAnswer | null): void {
    this.#live = live;
    this.#draw();
  }

  #soon(): void {
    this.#drawing ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.#shown = this.#live;
    for (const listener of this.#listeners) listener();
  }
}

async function firstMessageId(response: Response): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    text += value ?? "";
    const [, id] = /"message_id":\s*"([^"]+)"/.exec(text) ?? [];
    if (id !== undefined || done) {
      void reader?.cancel();
      if (id === undefined) throw new Problem(t("chat.notBegun"), "internal_error", 0);
      return id;
    }
  }
}

const sessions = new Map<string, ChatSession>();

/** The session of a conversation, one in this tab. */
export function sessionOf(id: string): ChatSession {
  const session = sessions.get(id) ?? new ChatSession(id);
  sessions.set(id, session);
  return session;
}
