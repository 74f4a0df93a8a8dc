import { useCallback, useEffect, useRef, useState } from "react";
import type { Surface } from "../surface";
import { type Places, placesIn } from "./places";

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

const NOWHERE: Places = { count: 0, shown: [], at: () => null };

/** Find in the shown text. Places are painted by the CSS Custom Highlight API: the document stays as it is. */
export function useFind(surface: Surface | null): Find {
  const [asked, setAsked] = useState(0);
  const [text, setText] = useState("");
  const [places, setPlaces] = useState(NOWHERE);
  const [current, setCurrent] = useState(0);
  /** The place that was brought into view: it is so once, then one may scroll away from it. */
  const seen = useRef("");
  const isOpen = asked > 0;

  useEffect(() => {
    if (!isOpen || surface === null) return;
    const found = placesIn(surface, text);
    setPlaces(found);
    setCurrent((at) => Math.min(Math.max(at, 1), found.count));
    CSS.highlights.set("found", new Highlight(...found.shown));
    return () => {
      CSS.highlights.delete("found");
    };
  }, [isOpen, surface, text]);

  useEffect(() => {
    const isNew = seen.current !== `${current} ${text}`;
    const place = current === 0 ? null : places.at(current - 1, isNew);
    if (place === null) return;
    const chosen = new Highlight(place);
    chosen.priority = 1;
    CSS.highlights.set("found-now", chosen);
    if (isNew) scrollTo(place);
    seen.current = `${current} ${text}`;
    return () => {
      CSS.highlights.delete("found-now");
    };
  }, [places, current, text]);

  const step = useCallback(
    (by: 1 | -1) =>
      setCurrent((at) => (places.count === 0 ? 0 : ((at - 1 + by + places.count) % places.count) + 1)),
    [places],
  );
  const changeText = useCallback((wanted: string) => {
    setCurrent(0);
    setText(wanted);
  }, []);
  const open = useCallback(() => setAsked((times) => times + 1), []);
  const close = useCallback(() => {
    setAsked(0);
    setPlaces(NOWHERE);
    setCurrent(0);
    seen.current = "";
  }, []);
  return { isOpen, text, count: places.count, current, asked, setText: changeText, step, open, close };
}

function scrollTo(place: Range): void {
  const element = place.startContainer.parentElement;
  const scroller = element?.closest("[data-scroller]");
  if (!scroller) return;
  const [box, around] = [place.getBoundingClientRect(), scroller.getBoundingClientRect()];
  if (box.top < around.top || box.bottom > around.bottom)
    scroller.scrollTop += box.top - around.top - scroller.clientHeight / 3;
}
