import { type PDFDocumentProxy, type PDFPageProxy, TextLayer } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useWords } from "@/lib/i18n";

interface PdfPageProps {
  document: PDFDocumentProxy;
  number: number;
  scale: number;
  onSize: (number: number, width: number, height: number) => void;
  /** The text layer is there (again). */
  onText: (number: number, layer: HTMLElement) => void;
}

const SHARPEST = 2;

/** One page: its picture, and its text above it to be selected, found and marked. */
export function PdfPage({ document: pdf, number, scale, onSize, onText }: PdfPageProps) {
  const words = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [page, setPage] = useState<PDFPageProxy | null>(null);
  const [broken, setBroken] = useState(false);

  useEffect(() => {
    let gone = false;
    pdf.getPage(number).then(
      (loaded) => {
        if (gone) return;
        const { width, height } = loaded.getViewport({ scale: 1 });
        onSize(number, width, height);
        setPage(loaded);
      },
      () => !gone && setBroken(true),
    );
    return () => {
      gone = true;
    };
  }, [pdf, number, onSize]);

  useEffect(() => {
    const [picture, text] = [canvas.current, layer.current];
    if (page === null || picture === null || text === null) return;
    const viewport = page.getViewport({ scale });
    const sharpness = Math.min(devicePixelRatio, SHARPEST);
    picture.width = Math.floor(viewport.width * sharpness);
    picture.height = Math.floor(viewport.height * sharpness);
    const drawing = page.render({
      canvas: picture,
      viewport,
      transform: [sharpness, 0, 0, sharpness, 0, 0],
    });
    text.replaceChildren();
    text.style.setProperty("--total-scale-factor", String(scale));
    const writing = new TextLayer({
      textContentSource: page.streamTextContent(),
      container: text,
      viewport,
    });
    let gone = false;
    // A page that cannot be drawn still has its text; one that was scrolled away is given up.
    drawing.promise.catch(() => !gone && setBroken(true));
    writing.render().then(
      () => !gone && onText(number, text),
      () => undefined,
    );
    return () => {
      gone = true;
      drawing.cancel();
      writing.cancel();
    };
  }, [page, scale, number, onText]);

  return (
    <>
      <canvas ref={canvas} aria-hidden className="absolute inset-0 size-full" />
      {broken ? (
        <p className="absolute inset-x-0 top-8 text-center text-danger">{words("reader.pdf.broken")}</p>
      ) : null}
      <div ref={layer} className="pdf-text" data-page-number={number} dir="ltr" />
    </>
  );
}
