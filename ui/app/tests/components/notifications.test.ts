import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ServerEvent } from "@/lib/events";
import { type Notification, watchForNotifications } from "@/lib/notifications";

let told: Notification[];
let happen: (type: string, data: Record<string, unknown>) => void;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  stop = watchForNotifications(
    (hear: (event: ServerEvent) => void) => {
      happen = (type, data) => hear({ type, data });
      return () => undefined;
    },
    (notification) => told.push(notification),
  );
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const fail = (id: string) => happen("item.updated", { item_id: id, status: "failed" });

test("five hundred failures are one notification, which leads to all of them", () => {
  for (let index = 0; index < 500; index += 1) fail(`item-${index}`);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(5_000);
  expect(told.map(({ title, path }) => [title, path])).toEqual([
    ["500 items could not be processed", "/activity"],
  ]);
  vi.advanceTimersByTime(120_000);
  expect(told).toHaveLength(1);
});

test("failures that never pause are told once a minute", () => {
  for (let second = 0; second < 90; second += 1) {
    fail(`item-${second}`);
    vi.advanceTimersByTime(1_000);
  }
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(5_000);
  expect(told).toHaveLength(2);
});

test("one failure leads to its item, however often it is told", () => {
  fail("a");
  fail("a");
  vi.advanceTimersByTime(5_000);
  expect(told.map(({ title, path }) => [title, path])).toEqual([
    ["One item could not be processed", "/item/a"],
  ]);
});

test("a digest and a reminder are told at once, what goes well is not", () => {
  happen("digest.created", { digest_id: "d1" });
  happen("task.reminder", { task_id: "t1", title: "Call Ada" });
  happen("item.updated", { item_id: "a", status: "ready" });
  happen("item.created", { item_id: "a" });
  expect(told.map(({ body, path }) => [body, path])).toEqual([
    ["What is new, what it connects to, and what was forgotten.", "/digest/d1"],
    ["Call Ada", "/tasks"],
  ]);
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveLength(2);
});
