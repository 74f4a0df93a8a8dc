import { expect, test } from "vitest";
import { type Place, placeAt, type Step, walked } from "@/features/connections/walk";

const pairs = ["a b", "a c", "a d", "d e", "e f", "x y"].map((pair) => pair.split(" ") as [string, string]);
const neighbours = new Map<string, string[]>();
for (const [one, other] of pairs) {
  neighbours.set(one, [...(neighbours.get(one) ?? []), other]);
  neighbours.set(other, [...(neighbours.get(other) ?? []), one]);
}
const order = [...neighbours.keys()];
const walk = (...steps: Step[]) =>
  steps.reduce((place: Place, step) => walked(place, step, neighbours, order), placeAt("a"));

test("one goes around all neighbours, on from one of them, and back", () => {
  expect(walk("next").at).toBe("b");
  expect(walk("next", "next", "next").at).toBe("d");
  expect(walk("next", "next", "next", "next").at).toBe("b");
  expect(walk("previous").at).toBe("d");
  expect(walk("previous", "in", "previous").at).toBe("e");
  expect(walk("previous", "in", "back")).toEqual({ centre: "a", at: "d", trail: [] });
  expect(walk("previous", "in", "back", "next").at).toBe("b");
});

test("everything is reached: what hangs together by arrows, the rest from item to item", () => {
  const steps: Step[] = ["next", "previous", "in", "back"];
  const seen = new Set<string>();
  const open = [placeAt("a")];
  const known = new Set<string>();
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const key = `${place.centre} ${place.at}`;
    if (known.has(key)) continue;
    known.add(key);
    seen.add(place.at);
    for (const step of steps) open.push(walked(place, step, neighbours, order));
  }
  expect([...seen].sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(walk(...Array<Step>(order.length - 1).fill("nextItem")).at).toBe("y");
  expect(walk("previousItem").at).toBe("a");
});
