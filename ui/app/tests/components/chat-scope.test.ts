import { expect, test } from "vitest";
import { EVERYTHING, readScope, writeScope } from "@/features/chat/scope";
import { readChatSearch, sourceOf } from "@/features/chat/search-params";

test("a scope comes back out of an address as it went in", () => {
  const scope = { item_ids: ["item_1", "item_2"], tags: ["a, b", "c:d é"], collection_id: "coll_1" };
  expect(readScope(writeScope(scope))).toEqual(scope);
  expect(writeScope(EVERYTHING)).toBeUndefined();
  expect(readScope("item:a,nonsense,tag:%E0%A4%A")).toEqual({
    item_ids: ["a"],
    tags: ["%E0%A4%A"],
    collection_id: null,
  });
});

test("a source is a message and a number; anything else is no source", () => {
  expect(sourceOf("msg_1.2")).toEqual({ messageId: "msg_1", n: 2 });
  expect(readChatSearch({ source: "msg_1" })).toEqual({});
  expect(readChatSearch({ source: "msg_1.2", scope: "item:x", other: 1 })).toEqual({
    source: "msg_1.2",
    scope: "item:x",
  });
});
