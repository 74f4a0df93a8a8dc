import { ImageOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { useWords } from "@/lib/i18n";
import { hostOf, type ImagePlace } from "./places";
import type { PageImage } from "./use-fetching";

interface ImageBoxProps {
  itemId: string;
  place: ImagePlace;
  image: PageImage | undefined;
  isFetching: boolean;
  onFetch: () => void;
}

/** An image of a page, or what stands in for it until it is fetched. Its size is known before it is drawn. */
export function ImageBox({ itemId, place, image, isFetching, onFetch }: ImageBoxProps) {
  const words = useWords();
  const [isBroken, setBroken] = useState(false);
  const isHere = image?.name != null && !isBroken;
  useKeptFocus(place.host, isHere);
  if (isHere) {
    const picture = (
      <img
        src={`/api/items/${itemId}/assets/${image.name}`}
        alt={place.alt}
        width={image.width ?? undefined}
        height={image.height ?? undefined}
        loading="lazy"
        decoding="async"
        onError={() => setBroken(true)}
      />
    );
    if (place.href === null) return picture;
    return (
      <a href={place.href} target="_blank" rel="noopener noreferrer">
        {picture}
      </a>
    );
  }
  const alt = place.alt || words("reader.image.unnamed");
  const problem = isBroken ? words("reader.image.broken") : (image?.error?.message ?? null);
  const button = words(
    isFetching ? "reader.image.fetching" : problem === null ? "reader.image.fetch" : "reader.image.again",
  );
  return (
    <span className="flex min-h-14 items-center gap-3 rounded-md border border-dashed border-control px-3 py-2 max-medium:flex-wrap">
      <ImageOff size={20} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 basis-40">
        <span className="line-clamp-3" dir="auto">
          {alt}
        </span>
        <span className="block truncate text-12 text-muted">
          {words("reader.image.at", { host: hostOf(place.source) })}
        </span>
        <span role="status" className={problem === null ? "sr-only" : "block text-12 text-danger"}>
          {isFetching ? words("reader.image.fetching") : (problem ?? "")}
        </span>
      </span>
      {place.href === null ? null : (
        <a
          href={place.href}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={`${words("reader.image.link")}: ${alt}`}
        >
          {words("reader.image.link")}
        </a>
      )}
      <Button
        aria-label={`${button}: ${alt}`}
        // Not disabled meanwhile: the focus would be lost.
        onPress={() => {
          if (isFetching) return;
          setBroken(false);
          onFetch();
        }}
      >
        {button}
      </Button>
    </span>
  );
}

/** Whoever pressed the button stands at the image afterwards. */
function useKeptFocus(host: HTMLElement, isHere: boolean): void {
  const had = useRef(false);
  useEffect(() => {
    const note = () => {
      had.current = host.contains(document.activeElement);
    };
    host.addEventListener("focusin", note);
    const forget = (event: FocusEvent) => {
      // A button that goes away loses the focus to nobody.
      if (event.relatedTarget !== null) had.current = false;
    };
    host.addEventListener("focusout", forget);
    return () => {
      host.removeEventListener("focusin", note);
      host.removeEventListener("focusout", forget);
    };
  }, [host]);
  useEffect(() => {
    if (!isHere || !had.current) return;
    host.tabIndex = -1;
    host.focus({ preventScroll: true });
  }, [host, isHere]);
}
