/** What the address of an item holds: the passage to show, how it is shown, and the page where it has pages. */
export type View = "original" | "pdf";
export interface ReaderSearch {
  /** `<start>-<end>`, in code points of the text. */
  at?: string;
  view?: View;
  page?: number;
}

export function readReaderSearch(given: Record<string, unknown>): ReaderSearch {
  const page = Number(given.page);
  return {
    ...(/^\d+-\d+$/.test(String(given.at)) ? { at: String(given.at) } : {}),
    ...(given.view === "original" || given.view === "pdf" ? { view: given.view } : {}),
    ...(Number.isSafeInteger(page) && page > 0 ? { page } : {}),
  };
}
