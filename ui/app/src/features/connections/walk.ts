/** Walking the graph by keys: around the neighbours of an item, on from one of them, and back. Pure. */
export interface Place {
  /** The item whose neighbours one goes around. */
  centre: string;
  /** The item that is chosen: the centre or one of its neighbours. */
  at: string;
  /** The centres that one came from, the last one last. */
  trail: string[];
}

export type Step = "next" | "previous" | "in" | "back" | "nextItem" | "previousItem";

export function placeAt(id: string): Place {
  return { centre: id, at: id, trail: [] };
}

/** Where a step leads; the same place where it leads nowhere. `order` holds every item, `neighbours` those of each. */
export function walked(
  place: Place,
  step: Step,
  neighbours: ReadonlyMap<string, string[]>,
  order: string[],
): Place {
  const { centre, at, trail } = place;
  const around = neighbours.get(centre) ?? [];
  switch (step) {
    case "next":
    case "previous": {
      if (around.length === 0) return place;
      const by = step === "next" ? 1 : -1;
      const from = around.indexOf(at);
      const to = from === -1 ? (by > 0 ? 0 : -1) : (from + by) % around.length;
      return { ...place, at: around.at(to) ?? at };
    }
    case "in":
      return at === centre ? place : { centre: at, at, trail: [...trail, centre] };
    case "back": {
      if (at !== centre) return { ...place, at: centre };
      const before = trail.at(-1);
      return before === undefined ? place : { centre: before, at, trail: trail.slice(0, -1) };
    }
    case "nextItem":
    case "previousItem": {
      const to = order[order.indexOf(at) + (step === "nextItem" ? 1 : -1)];
      return to === undefined ? place : placeAt(to);
    }
  }
}
