import { type MessageId, useWords } from "@/lib/i18n";
import type { Filter } from "./query-filters";

/** What a condition is called where it is shown. */
export function useFilterWords(): (filter: Filter) => string {
  const words = useWords();
  return ({ field, value, minus }) => {
    const name = (() => {
      switch (field) {
        case "tag":
          return `#${value}`;
        case "site":
        case "in":
          return value;
        case "kind":
          return words(`library.kind.${value.toLowerCase()}` as MessageId);
        case "is":
          return words(`search.filter.is.${stateOf(value)}` as MessageId);
        case "before":
        case "after":
          return words(`search.filter.${field}`, { date: value });
        case "similar":
          return words("search.filter.similar");
      }
    })();
    return minus ? words("search.filter.not", { name }) : name;
  };
}

function stateOf(value: string): string {
  const state = value.toLowerCase();
  return state === "favorite" || state === "starred" ? "favourite" : state;
}
