import { getRouteApi } from "@tanstack/react-router";
import { HighlightsView } from "./highlights-view";
import { SearchView } from "./search-view";

const route = getRouteApi("/search");

/** What the address searches: everything, or highlights. */
export function SearchPlace() {
  const { in: place } = route.useSearch();
  return place === "highlights" ? <HighlightsView /> : <SearchView />;
}
