import { useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { Button } from "@/components/ui/button";
import { type Command, useCommands } from "@/lib/commands";
import { useWords } from "@/lib/i18n";
import type { ItemDetail } from "../api";
import { ImageBox } from "./image-box";
import type { ImagePlace } from "./places";
import { useFetching } from "./use-fetching";

/** The images of a page, each in its place; and, where several are missing, one button for all of them. */
export function PageImages({ item, places }: { item: ItemDetail; places: ImagePlace[] }) {
  const { fetching, fetch } = useFetching(item.id);
  const known = useMemo(() => new Map(item.images.map((image) => [image.src, image])), [item.images]);
  const sources = useMemo(() => [...new Set(places.map(({ source }) => source))], [places]);
  const missing = useMemo(
    () => sources.filter((source) => known.get(source)?.name == null),
    [sources, known],
  );
  const commands = useMemo<Command[]>(
    () =>
      missing.length === 0 || fetching.size > 0
        ? []
        : [
            {
              id: "reader.fetchImages",
              title: "command.reader.fetchImages",
              group: "reader",
              run: () => void fetch(missing),
            },
          ],
    [missing, fetching, fetch],
  );
  useCommands(commands);
  return (
    <>
      <AllImages
        sources={sources}
        missing={missing}
        failed={missing.filter((source) => known.get(source)?.error != null)}
        fetching={fetching}
        onFetch={() => void fetch(missing)}
      />
      {places.map((place) =>
        createPortal(
          <ImageBox
            itemId={item.id}
            place={place}
            image={known.get(place.source)}
            isFetching={fetching.has(place.source)}
            onFetch={() => void fetch([place.source], place.source)}
          />,
          place.host,
          place.key,
        ),
      )}
    </>
  );
}

interface AllImagesProps {
  sources: string[];
  missing: string[];
  failed: string[];
  fetching: ReadonlySet<string>;
  onFetch: () => void;
}

/** Stays once it was there, so that nothing moves when the last image has come. */
function AllImages({ sources, missing, failed, fetching, onFetch }: AllImagesProps) {
  const words = useWords();
  const [wasShown, setShown] = useState(false);
  const isShown = missing.length > 1 || wasShown;
  if (isShown && !wasShown) setShown(true);
  if (!isShown) return null;
  const left = missing.filter((source) => fetching.has(source)).length;
  const untried = missing.length - failed.length;
  return (
    <div className="mx-auto mb-6 flex max-w-2xl flex-wrap items-center gap-3 rounded-md border border-line bg-surface px-4 py-2 text-13">
      <span role="status" className="min-w-0 flex-1 basis-56">
        {left > 0
          ? words("reader.images.fetching", { left })
          : untried > 0
            ? words("reader.images.absent", { count: missing.length })
            : failed.length > 0
              ? words("reader.images.failed", { count: failed.length })
              : words("reader.images.here", { count: sources.length })}
      </span>
      {missing.length > 0 ? (
        <Button onPress={() => left === 0 && onFetch()}>
          {left > 0
            ? words("reader.image.fetching")
            : untried > 0
              ? words("reader.images.fetchAll", { count: missing.length })
              : words("reader.image.again")}
        </Button>
      ) : null}
    </div>
  );
}
