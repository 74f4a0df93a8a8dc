import { expect, test } from "vitest";
import { layout } from "@/features/connections/layout";

const distance = (places: Float32Array, one: number, other: number) =>
  Math.hypot(
    (places[one * 2] ?? 0) - (places[other * 2] ?? 0),
    (places[one * 2 + 1] ?? 0) - (places[other * 2 + 1] ?? 0),
  );

test("connected nodes stand nearer to each other than unconnected ones", () => {
  const edges = [0, 1, 2].flatMap((a) =>
    [3, 4, 5].map((b) => ({ source: a, target: b - 3 === a ? (a + 1) % 3 : a, weight: 1 })),
  );
  const clusters = [
    ...edges.filter(({ source, target }) => source !== target),
    { source: 6, target: 7, weight: 1 },
    { source: 7, target: 8, weight: 1 },
    { source: 6, target: 8, weight: 1 },
  ];
  const places = layout(9, clusters);
  expect(distance(places, 6, 7)).toBeLessThan(distance(places, 6, 0));
  expect(distance(places, 0, 1)).toBeLessThan(distance(places, 0, 8));
});

test("the same graph is drawn the same", () => {
  const edges = [{ source: 0, target: 1, weight: 0.5 }];
  expect(layout(20, edges)).toEqual(layout(20, edges));
});
