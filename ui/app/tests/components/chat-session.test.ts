import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChatSession } from "@/features/chat/chat-session";
import { useKept } from "@/features/chat/kept";
import type { Message } from "@/features/chat/live-answer";
import { EVERYTHING } from "@/features/chat/scope";

/** The server's end of the line. */
class Line {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly heard: Record<string, unknown>[] = [];

  send(text: string): void {
    this.heard.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {}

  tell(...events: Record<string, unknown>[]): void {
    for (const event of events) this.onmessage?.({ data: JSON.stringify({ message_id: "m1", ...event }) });
  }
}

let lines: Line[];
function session(): ChatSession {
  const made = new ChatSession("c1", async () => {
    const line = new Line();
    lines.push(line);
    setTimeout(() => line.onopen?.());
    return line as unknown as WebSocket;
  });
  made.subscribe(() => {});
  return made;
}

const question = { content: "Why?", scope: EVERYTHING, model: null };
const done = (status: Message["status"], content: string) =>
  ({ type: "done", message: { id: "m1", role: "assistant", status, content, citations: [] } }) as const;

beforeEach(() => {
  lines = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("away")));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function asked() {
  const chat = session();
  const asking = chat.ask(question);
  await vi.advanceTimersByTimeAsync(1);
  await asking;
  return { chat, line: lines[0] as Line };
}

test("sources come before words, and words are drawn at most twenty times a second", async () => {
  const { chat, line } = await asked();
  expect(line.heard).toEqual([{ message: "Why?", scope: EVERYTHING }]);
  line.tell(
    { type: "status", seq: 1, stage: "searching" },
    { type: "status", seq: 2, stage: "answering", provider: "ollama", model: "tiny", local: true },
    { type: "sources", seq: 3, citations: [{ n: 1 }] },
  );
  expect(chat.get()).toMatchObject({ phase: "answering", citations: [{ n: 1 }], content: "" });
  const drawn = vi.fn();
  chat.subscribe(drawn);
  for (let seq = 4; seq < 104; seq += 1) line.tell({ type: "chunk", seq, content: "a" });
  expect(drawn).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(50);
  expect(drawn).toHaveBeenCalledTimes(1);
  expect(chat.get()?.content).toHaveLength(100);
  line.tell({ seq: 104, ...done("done", "a".repeat(100)) });
  expect(chat.get()?.phase).toBe("ended");
  expect(chat.isBusy).toBe(false);
});

test("a lost connection keeps the text and goes on behind the last event", async () => {
  const { chat, line } = await asked();
  line.tell({ type: "status", seq: 1, stage: "searching" }, { type: "chunk", seq: 2, content: "One " });
  line.onclose?.();
  expect(chat.get()).toMatchObject({ phase: "lost", content: "One " });
  expect(useKept.getState().partial.m1).toBe("One ");
  const resumed = chat.continue();
  await vi.advanceTimersByTimeAsync(1);
  await resumed;
  const second = lines[1] as Line;
  expect(second.heard).toEqual([{ resume: { message_id: "m1", seq: 2 } }]);
  second.tell(
    { type: "chunk", seq: 2, content: "One " },
    { type: "chunk", seq: 3, content: "two." },
    { seq: 4, ...done("done", "One two.") },
  );
  expect(chat.get()).toMatchObject({ phase: "ended", content: "One two." });
});

test("a call that needs approval waits for the word, and the answer goes on after it", async () => {
  const { chat, line } = await asked();
  const call = {
    id: "t1",
    name: "create_task",
    arguments: { title: "x" },
    description: "Make it.",
    needs_approval: true,
  };
  line.tell(
    { type: "status", seq: 1, stage: "searching" },
    { type: "tool_call", seq: 2, ...call, state: "pending" },
  );
  expect(chat.get()?.phase).toBe("approval");
  chat.decide("t1", "approve", true);
  await vi.advanceTimersByTimeAsync(1);
  expect(line.heard.at(-1)).toEqual({ type: "approve", tool_call_id: "t1", always: true });
  line.tell({ type: "tool_result", seq: 3, id: "t1", name: "create_task", state: "done", undo_id: "u1" });
  expect(chat.get()).toMatchObject({
    phase: "answering",
    toolCalls: [{ id: "t1", state: "done", undo_id: "u1", arguments: { title: "x" } }],
  });
});

test("who asks on instead of deciding hears the end of the first answer, and then the second", async () => {
  const { chat, line } = await asked();
  line.tell({ type: "tool_call", seq: 1, id: "t1", name: "create_task", state: "pending" });
  const stored = vi.fn();
  chat.events = { stored, refused: () => {} };
  const asking = chat.ask({ ...question, content: "And when?" });
  await vi.advanceTimersByTimeAsync(1);
  await asking;
  line.tell(
    { type: "tool_result", seq: 2, id: "t1", state: "refused" },
    { seq: 3, ...done("cancelled", "") },
    { type: "status", seq: 4, message_id: "m2", stage: "searching" },
    { type: "chunk", seq: 5, message_id: "m2", content: "Then." },
  );
  await vi.advanceTimersByTimeAsync(50);
  expect(stored).toHaveBeenCalledWith(expect.objectContaining({ id: "m1", status: "cancelled" }));
  expect(chat.get()).toMatchObject({ messageId: "m2", question: "And when?", content: "Then." });
});

test("a question that is refused goes back to who asked it", async () => {
  const { chat, line } = await asked();
  const refused = vi.fn();
  chat.events = { stored: () => {}, refused };
  line.onmessage?.({ data: JSON.stringify({ type: "error", seq: 1, error: "busy", message: "Wait." }) });
  expect(refused).toHaveBeenCalledWith("Why?", expect.objectContaining({ code: "busy", message: "Wait." }));
  expect(chat.get()).toBeNull();
});

test("a failed answer says why and is over", async () => {
  const { chat, line } = await asked();
  line.tell(
    { type: "chunk", seq: 1, content: "Part" },
    {
      type: "error",
      seq: 2,
      error: "ai_provider_error",
      message: "The model broke off.",
      answer: done("failed", "Part").message,
    },
  );
  expect(chat.get()).toMatchObject({
    phase: "ended",
    error: { message: "The model broke off." },
    message: { status: "failed" },
  });
});
