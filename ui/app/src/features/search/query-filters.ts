/**
 * The conditions in a query (`tag:rust`, `-site:example.org`, `in:"To read"`), as the server's query language has them.
 * They are taken out of the words to be shown as chips, and put before the words again for the address and the server.
 */
export const FIELDS = ["tag", "site", "kind", "in", "before", "after", "is", "similar"] as const;
export type Field = (typeof FIELDS)[number];

export interface Filter {
  field: Field;
  value: string;
  /** What is left out rather than asked for. */
  minus: boolean;
}

const KINDS = ["article", "note", "pdf", "bookmark", "video", "file"];
const STATES = ["favourite", "favorite", "starred", "highlighted", "archived", "read", "unread"];
const DAY = /^(?:today|yesterday|\d{4}(?:-(?:0?[1-9]|1[0-2])(?:-(?:0?[1-9]|[12]\d|3[01]))?)?)$/i;
/** A condition, or a phrase in quotes, within which there are none. */
const PART =
  /(?<!\S)(?:(?<minus>-?)(?<field>[A-Za-z]+):(?:"(?<quoted>[^"]*)"|(?<value>[^\s"]+))(?!\S)|-?"[^"]*"(?=[\s.,;:!?)]|$))/g;

/** A query's conditions and what is left of it. `isTyped`: what ends with the text may still be in the writing. */
export function split(query: string, isTyped = false): { filters: Filter[]; words: string } {
  const filters: Filter[] = [];
  const straight = query.replace(/[“”„‟«»]/g, '"');
  const words = straight.replace(PART, (whole, ...found) => {
    const groups = found.at(-1) as Record<string, string | undefined>;
    const at = found.at(-3) as number;
    const filter = filterOf(groups);
    const isOpen = isTyped && at + whole.length === straight.length;
    const isQuoted = isTyped && straight.slice(0, at).split('"').length % 2 === 0;
    if (filter === null || isOpen || isQuoted) return whole;
    filters.push(filter);
    return "";
  });
  if (filters.length === 0) return { filters, words: query };
  return {
    filters,
    words: isTyped ? words.replace(/^\s+/, "").replace(/\s+/g, " ") : words.trim().replace(/\s+/g, " "),
  };
}

function filterOf({ field, quoted, value, minus }: Record<string, string | undefined>): Filter | null {
  const name = FIELDS.find((each) => each === field?.toLowerCase());
  const wanted = (quoted ?? value ?? "").trim();
  if (name === undefined || wanted === "") return null;
  const filter = { field: name, value: wanted, minus: minus === "-" };
  return isUnderstood(filter) ? filter : null;
}

function isUnderstood({ field, value, minus }: Filter): boolean {
  if (field === "kind") return KINDS.includes(value.toLowerCase());
  if (field === "is") return STATES.includes(value.toLowerCase());
  if (field === "before" || field === "after") return !minus && DAY.test(value);
  return field !== "similar" || (!minus && value.startsWith("item_"));
}

/** A condition as it is typed. */
export function typed({ field, value, minus }: Filter): string {
  return `${minus ? "-" : ""}${field}:${/\s/.test(value) ? `"${value}"` : value}`;
}

/** The whole query: conditions first. */
export function join(filters: readonly Filter[], words: string): string {
  return [...filters.map(typed), words.trim()].filter((part) => part !== "").join(" ");
}

export function isSame(one: Filter, other: Filter): boolean {
  return typed(one).toLowerCase() === typed(other).toLowerCase();
}

/** The conditions with others beside them, each once. */
export function withFilters(filters: readonly Filter[], added: readonly Filter[]): Filter[] {
  return [...filters, ...added.filter((each) => !filters.some((known) => isSame(known, each)))];
}

export function withoutFilters(filters: readonly Filter[], removed: readonly Filter[]): Filter[] {
  return filters.filter((each) => !removed.some((other) => isSame(each, other)));
}

/** What chooses a month, as the counts name it (`2024-05`): from its first day until the next month's. */
export function monthFilters(month: string): Filter[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
  return [
    { field: "after", value: month, minus: false },
    { field: "before", value: next, minus: false },
  ];
}
