/** Highlights beyond one item: which of them, and taking them elsewhere. */
import { api, unwrap } from "./api";
import type { Colour } from "./colours";
import { download } from "./download";
import { t } from "./i18n";
import { tellProblem, useNotices } from "./undo";

/** Which highlights; nothing given means all of them. */
export interface HighlightFilter {
  query?: string;
  colour?: Colour[];
  noted?: boolean;
  item_id?: string;
}

export const FORMATS = ["markdown", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];
const FILES = {
  markdown: { type: "text/markdown", extension: "md" },
  csv: { type: "text/csv", extension: "csv" },
  json: { type: "application/json", extension: "json" },
} as const;

function exported(format: Format, filter: HighlightFilter): Promise<Blob> {
  const query = { ...filter, format };
  return unwrap(api.GET("/api/highlights/export", { params: { query }, parseAs: "blob" }));
}

/** Save these highlights as a file. A plain link could not: the page shows who it is in a header. */
export async function exportHighlights(format: Format, filter: HighlightFilter): Promise<void> {
  const { type, extension } = FILES[format];
  try {
    const file = await exported(format, filter);
    download(`cortex-highlights-${new Date().toISOString().slice(0, 10)}.${extension}`, type, file);
  } catch (error) {
    tellProblem(error);
  }
}

/** Put these highlights into the clipboard. The promise is handed in at once: WebKit forgets the key press else. */
export async function copyHighlights(filter: HighlightFilter): Promise<void> {
  const file = exported("markdown", filter);
  const text = file.then((blob) => new Blob([blob], { type: "text/plain" }));
  try {
    await Promise.all([file, navigator.clipboard.write([new ClipboardItem({ "text/plain": text })])]);
    useNotices.getState().tell(t("highlights.copied"));
  } catch (error) {
    tellProblem(error);
  }
}
