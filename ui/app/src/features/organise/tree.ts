import type { Collection } from "./api";

/** Collections in the order of a tree: each below the one that holds it, by name, with its depth. */
export function asTree(collections: Collection[]): { collection: Collection; depth: number }[] {
  const known = new Set(collections.map((each) => each.id));
  const children = new Map<string | null, Collection[]>();
  for (const each of collections) {
    const parent = each.parent_id !== null && known.has(each.parent_id) ? each.parent_id : null;
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  const rows: { collection: Collection; depth: number }[] = [];
  const walk = (parent: string | null, depth: number) => {
    const level = (children.get(parent) ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
    for (const collection of level) {
      rows.push({ collection, depth });
      walk(collection.id, depth + 1);
    }
  };
  walk(null, 0);
  return rows;
}

/** The ids of a collection and of all that lie in it: it cannot be moved into any of these. */
export function withDescendants(collections: Collection[], id: string): Set<string> {
  const found = new Set([id]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const each of collections) {
      if (each.parent_id !== null && found.has(each.parent_id) && !found.has(each.id)) {
        found.add(each.id);
        grown = true;
      }
    }
  }
  return found;
}
