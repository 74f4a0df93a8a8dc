import { useCallback, useEffect, useState } from "react";
import type { Surface } from "../surface";
import { Findable } from "./text-search";

export interface Find {
  isOpen: boolean;
  text: string;
  count: number;
  current: number;
  asked: number;
  setText: (text: string) => void;
  step: (by: 1 | -1) => void;
  open: () => void;
  close: () => void;
}

/** Find in the shown text. Places are painted by the CSS Custom Highlight API: the document stays as it is. */
export function useFind(surface: Surface | null): Find {
  const [asked, setAsked] = useState(0);
  const [text, setText] = useState("");
  const [places, setPlaces] = useState<Range[]>([]);
  const [current, setCurrent] = useState(0);
  const isOpen = asked > 0;

  useEffect(() => {
    if (!isOpen || surface === null) return;
    const found = new Findable(surface.root).find(text);
    setPlaces(found);
    setCurrent((at) => Math.min(Math.max(at, 1), found.length));
    CSS.highlights.set("found", new Highlight(...found));
    return () => {
      CSS.highlights.delete("found");
    };
  }, [isOpen, surface, text]);

  useEffect(() => {
    const place = places[current - 1];
    if (place === undefined) return;
    const chosen = new Highlight(place);
    chosen.priority = 1;
    CSS.highlights.set("found-now", chosen);
    scrollTo(place);
    return () => {
      CSS.highlights.delete("found-now");
    };
  }, [places, current]);

  const step = useCallback(
    (by: 1 | -1) =>
      setCurrent((at) => (places.length === 0 ? 0 : ((at - 1 + by + places.length) % places.length) + 1)),
    [places],
  );
  const changeText = useCallback((wanted: string) => {
    setCurrent(0);
    setText(wanted);
  }, []);
  const open = useCallback(() => setAsked((times) => times + 1), []);
  const close = useCallback(() => {
    setAsked(0);
    setPlaces([]);
    setCurrent(0);
  }, []);
  return { isOpen, text, count: places.length, current, asked, setText: changeText, step, open, close };
}

function scrollTo(place: Range): void {
  const element = place.startContainer.parentElement;
  const scroller = element?.closest("[data-scroller]");
  if (!scroller) return;
  const [box, around] = [place.getBoundingClientRect(), scroller.getBoundingClientRect()];
  if (box.top < around.top || box.bottom > around.bottom)
    scroller.scrollTop += box.top - around.top - scroller.clientHeight / 3;
}
