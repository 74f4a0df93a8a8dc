import { expect, test } from "vitest";
import { readEvents } from "@/lib/sse";

function body(...pieces: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

async function all(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string[]> {
  const found: string[] = [];
  for await (const data of readEvents(stream)) found.push(data);
  return found;
}

test("events come whole, wherever the stream was cut", async () => {
  expect(await all(body('data: {"a', '":1}\n', "\nda", 'ta: {"b":2}\r\n\r\n'))).toEqual([
    '{"a":1}',
    '{"b":2}',
  ]);
});

test("comments are nothing, several lines are one event, the last one needs no end", async () => {
  expect(await all(body(": ping\n\n", "event: x\ndata: one\ndata: two\n\ndata: last"))).toEqual([
    "one\ntwo",
    "last",
  ]);
});
