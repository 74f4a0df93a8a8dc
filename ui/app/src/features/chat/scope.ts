/** The part of the library that a question is asked of, as the API takes it and as an address holds it. */
import type { Schemas } from "@cortex/api-client";

export interface AskScope {
  item_ids: string[];
  tags: string[];
  collection_id: string | null;
}

export const EVERYTHING: AskScope = { item_ids: [], tags: [], collection_id: null };

export function isEverything(scope: AskScope): boolean {
  return scope.item_ids.length === 0 && scope.tags.length === 0 && scope.collection_id === null;
}

export function scopeOf(given: Schemas["ScopeGiven"]): AskScope {
  return {
    item_ids: given.item_ids ?? [],
    tags: given.tags ?? [],
    collection_id: given.collection_id ?? null,
  };
}

/** `item:…,tag:…,collection:…` */
export function readScope(text: string | undefined): AskScope {
  const scope: AskScope = { item_ids: [], tags: [], collection_id: null };
  for (const part of (text ?? "").split(",")) {
    const [, kind, value] = /^(item|tag|collection):(.+)$/.exec(part) ?? [];
    if (value === undefined) continue;
    const name = decoded(value);
    if (kind === "item") scope.item_ids.push(name);
    else if (kind === "tag") scope.tags.push(name);
    else scope.collection_id = name;
  }
  return scope;
}

/** The same as text; undefined for the whole library. */
export function writeScope(scope: AskScope): string | undefined {
  const parts = [
    ...scope.item_ids.map((id) => `item:${encodeURIComponent(id)}`),
    ...scope.tags.map((tag) => `tag:${encodeURIComponent(tag)}`),
    ...(scope.collection_id === null ? [] : [`collection:${encodeURIComponent(scope.collection_id)}`]),
  ];
  return parts.length > 0 ? parts.join(",") : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
