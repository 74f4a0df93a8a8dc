/** An answer while it is made: what the events of its stream make of it. Pure. */
import type { Schemas } from "@cortex/api-client";

export type Message = Schemas["MessageShown"];
export type Citation = Schemas["CitationShown"];
export type ToolCall = Pick<
  Schemas["ToolCallShown"],
  "id" | "name" | "arguments" | "description" | "needs_approval" | "state" | "result" | "undo_id"
>;

/** `lost`: the connection broke; the answer may go on without us. */
export type Phase = "searching" | "answering" | "streaming" | "approval" | "lost" | "ended";

export interface AnsweredBy {
  provider: string;
  model: string;
  local: boolean;
  /** Passages that this model was not shown, because they never leave the device. */
  withheld: number;
  /** Why it is this one, where that is not as usual. */
  message: string | null;
}

export interface LiveAnswer {
  /** Null until the server has told of it. */
  messageId: string | null;
  question: string | null;
  phase: Phase;
  /** The last event that was heard. */
  seq: number;
  content: string;
  thoughts: string;
  /** Null until they are known. */
  citations: Citation[] | null;
  toolCalls: ToolCall[];
  by: AnsweredBy | null;
  /** Why there is nothing yet, in the server's words. */
  notice: string | null;
  startedAt: number;
  /** The stored answer, once it has ended. */
  message: Message | null;
  error: { code: string; message: string } | null;
}

export interface StreamEvent {
  type: string;
  seq: number;
  message_id?: string;
  [field: string]: unknown;
}

export function begin(question: string | null, messageId: string | null, now: number): LiveAnswer {
  return {
    messageId,
    question,
    phase: "searching",
    seq: 0,
    content: "",
    thoughts: "",
    citations: null,
    toolCalls: [],
    by: null,
    notice: null,
    startedAt: now,
    message: null,
    error: null,
  };
}

/** A stored answer that waits for the owner or is being made, taken up. */
export function beginFrom(message: Message): LiveAnswer {
  return {
    ...begin(null, message.id, Date.parse(message.created_at)),
    phase: message.status === "waiting" ? "approval" : "answering",
    content: message.content,
    thoughts: message.thoughts ?? "",
    citations: message.citations,
    toolCalls: message.tool_calls ?? [],
  };
}

/** The answer after one more event; events that were heard before change nothing. */
export function reduce(live: LiveAnswer, event: StreamEvent): LiveAnswer {
  if (event.seq <= live.seq) return live;
  const next = { ...live, seq: event.seq, messageId: event.message_id ?? live.messageId };
  switch (event.type) {
    case "status":
      return status(next, event);
    case "sources":
      return { ...next, citations: event.citations as Citation[] };
    case "thought":
      return { ...next, phase: "answering", thoughts: next.thoughts + String(event.content) };
    case "chunk":
      return { ...next, phase: "streaming", notice: null, content: next.content + String(event.content) };
    case "tool_call":
    case "tool_result":
      return withCall(next, event as unknown as Partial<ToolCall> & { id: string });
    case "done":
      return ended(next, event.message as Message);
    case "error":
      return {
        ...(event.answer ? ended(next, event.answer as Message) : { ...next, phase: "ended" as const }),
        error: { code: String(event.error), message: String(event.message) },
      };
    default:
      return next;
  }
}

function status(live: LiveAnswer, event: StreamEvent): LiveAnswer {
  // Every stream begins with it: what is known comes once more, from its beginning.
  if (event.stage === "searching")
    return {
      ...begin(live.question, live.messageId, live.startedAt),
      seq: live.seq,
    };
  if (event.stage !== "answering")
    return { ...live, notice: typeof event.message === "string" ? event.message : live.notice };
  return {
    ...live,
    phase: "answering",
    notice: null,
    by: {
      provider: String(event.provider),
      model: String(event.model),
      local: event.local === true,
      withheld: Number(event.withheld ?? 0),
      message: typeof event.message === "string" ? event.message : null,
    },
  };
}

const NOT_YET = { arguments: {}, result: null, undo_id: null };

function withCall(live: LiveAnswer, told: Partial<ToolCall> & { id: string }): LiveAnswer {
  const { id, name, arguments: given, description, needs_approval, state, result, undo_id } = told;
  const known = live.toolCalls.find((call) => call.id === id);
  const said = { id, name, arguments: given, description, needs_approval, state, result, undo_id };
  const changes = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const call = { ...NOT_YET, ...known, ...changes } as ToolCall;
  const toolCalls = known
    ? live.toolCalls.map((each) => (each.id === id ? call : each))
    : [...live.toolCalls, call];
  const waits = toolCalls.some((each) => each.state === "pending");
  return { ...live, toolCalls, phase: waits ? "approval" : "answering" };
}

function ended(live: LiveAnswer, message: Message): LiveAnswer {
  return { ...live, phase: "ended", messageId: message.id, message, notice: null };
}
