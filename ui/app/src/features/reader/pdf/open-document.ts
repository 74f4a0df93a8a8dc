import { getDocument, type PDFDocumentLoadingTask, PDFWorker } from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.mjs?worker&url";
import { ownWorker } from "@/lib/own-worker";
import { SESSION_HEADER, sessionSecret } from "@/lib/session";

const CHUNK_BYTES = 262_144;
const MOST_PIXELS = 64_000_000;

/**
 * Begin to read an item's PDF: only the parts that are shown are asked for. Nothing in it runs: no scripts, no forms,
 * no WebAssembly. `close` ends it together with its worker.
 */
export function openDocument(
  itemId: string,
  version: number,
): { task: PDFDocumentLoadingTask; close: () => void } {
  const port = ownWorker(workerAddress);
  const worker = PDFWorker.create({ port });
  const task = getDocument({
    url: `/api/items/${itemId}/original?version=${version}`,
    httpHeaders: { [SESSION_HEADER]: sessionSecret() ?? "" },
    withCredentials: true,
    worker,
    rangeChunkSize: CHUNK_BYTES,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: false,
    maxImageSize: MOST_PIXELS,
    verbosity: 0,
  });
  return {
    task,
    close: () => {
      void task.destroy().finally(() => {
        worker.destroy();
        port.terminate();
      });
    },
  };
}
