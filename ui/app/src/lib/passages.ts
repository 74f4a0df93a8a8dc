/** A passage of an item as the API gives it: offsets where its text is known, the page where it has pages. */
export interface Passage {
  item_id: string;
  start: number | null;
  end: number | null;
  page: number | null;
}

/** The address that opens an item at a passage; what has pages opens as they look. */
export function placeOf({ item_id, start, end, page }: Passage): string {
  const parts = [
    ...(start === null || end === null ? [] : [`at=${start}-${end}`]),
    ...(page === null ? [] : ["view=pdf", `page=${page}`]),
  ];
  return `/item/${item_id}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}
