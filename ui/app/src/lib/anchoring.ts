/**
 * From places in an item's text to places on the screen and back. The text and the shown article differ in white
 * space alone, so places are counted in characters that are none; where they differ in more, the words decide.
 */
import { codePointIndex, utf16Index } from "./codepoints";
import { readingTexts } from "./reading-texts";

const SPACE = /\s/;

interface Piece {
  node: Text;
  /** Place of the node's first visible character among all of the article's. */
  start: number;
  /** Places, within the node, of its visible characters. */
  offsets: number[];
}

/** The visible characters of an element, each with where it stands. */
export class TextMap {
  readonly #pieces: Piece[] = [];
  readonly visible: string;

  constructor(root: Element) {
    const walker = readingTexts(root);
    let visible = "";
    for (
      let node = walker.nextNode() as Text | null;
      node !== null;
      node = walker.nextNode() as Text | null
    ) {
      const offsets: number[] = [];
      const start = visible.length;
      for (let index = 0; index < node.data.length; index += 1) {
        const character = node.data[index] ?? "";
        if (SPACE.test(character)) continue;
        offsets.push(index);
        visible += character;
      }
      if (offsets.length > 0) this.#pieces.push({ node, start, offsets });
    }
    this.visible = visible;
  }

  /** The range of visible characters from `start` to `end` (not included); null when there are none. */
  range(start: number, end: number): Range | null {
    const first = this.#at(start);
    const last = this.#at(end - 1);
    if (first === null || last === null || end <= start) return null;
    const range = document.createRange();
    range.setStart(first.node, first.offset);
    range.setEnd(last.node, last.offset + 1);
    return range;
  }

  /** How many visible characters stand before a place. */
  before(node: Node, offset: number): number {
    const point = document.createRange();
    const range = document.createRange();
    point.setStart(node, offset);
    let count = 0;
    for (const piece of this.#pieces) {
      if (piece.node === node) return piece.start + piece.offsets.filter((each) => each < offset).length;
      range.selectNode(piece.node);
      const isPast = point.compareBoundaryPoints(Range.END_TO_START, range) >= 0;
      if (isPast) count = piece.start + piece.offsets.length;
    }
    return count;
  }

  #at(place: number): { node: Text; offset: number } | null {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const piece = this.#pieces[middle];
      if (piece === undefined) return null;
      if (place < piece.start) high = middle - 1;
      else if (place >= piece.start + piece.offsets.length) low = middle + 1;
      else return { node: piece.node, offset: piece.offsets[place - piece.start] ?? 0 };
    }
    return null;
  }
}

/** A text without its white space. */
export function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}

/** Where `wanted` stands in `text`, of several places the one nearest to `expected`; -1 when nowhere. */
export function nearest(text: string, wanted: string, expected: number): number {
  if (wanted === "") return -1;
  const after = text.indexOf(wanted, Math.max(0, expected - wanted.length));
  const before = text.lastIndexOf(wanted, expected);
  if (after === -1 || before === -1) return Math.max(after, before);
  return Math.abs(after - expected) < Math.abs(before - expected) ? after : before;
}

/** Places of visible characters, the end not included. */
export interface Places {
  start: number;
  end: number;
}

/** Where the passage from code point `start` to `end` of `text` is shown; null when the article does not show it. */
export function placesOf(map: TextMap, text: string, start: number, end: number): Places | null {
  const [from, to] = [utf16Index(text, start), utf16Index(text, end)];
  const wanted = withoutSpace(text.slice(from, to));
  const expected = withoutSpace(text.slice(0, from)).length;
  const place = nearest(map.visible, wanted, expected);
  return place === -1
    ? roughPlaces(map.visible, wanted, expected)
    : { start: place, end: place + wanted.length };
}

const END = 24;
const STRETCH = 1.25;

/**
 * Where about the same words stand: those that begin and end as wanted, with about as much between them. Lines of a PDF
 * are hyphenated where the text is not, and a new copy may differ in a word.
 */
function roughPlaces(visible: string, wanted: string, expected: number): Places | null {
  if (wanted.length < 2 * END) return null;
  const start = nearest(visible, wanted.slice(0, END), expected);
  const tail = wanted.slice(-END);
  const last = start === -1 ? -1 : nearest(visible, tail, start + wanted.length - END);
  const length = last + END - start;
  const isAlike = length > wanted.length / STRETCH && length < wanted.length * STRETCH;
  return start !== -1 && last > start && isAlike ? { start, end: last + END } : null;
}

/** The same as a range of the document. */
export function rangeOf(map: TextMap, text: string, start: number, end: number): Range | null {
  const places = placesOf(map, text, start, end);
  return places === null ? null : map.range(places.start, places.end);
}

/** A range of the screen as code points of `text`, with the words that stand there; null when they do not. */
export function anchorOf(
  map: TextMap,
  text: string,
  range: Range,
): { start: number; end: number; quote: string } | null {
  const first = map.before(range.startContainer, range.startOffset);
  const last = map.before(range.endContainer, range.endOffset);
  const wanted = map.visible.slice(first, last);
  const place = nearest(withoutSpace(text), wanted, first);
  if (place === -1) return null;
  const [from, to] = [indexOfVisible(text, place), indexOfVisible(text, place + wanted.length - 1) + 1];
  return { start: codePointIndex(text, from), end: codePointIndex(text, to), quote: text.slice(from, to) };
}

/** The UTF-16 index of the `count`-th visible character. */
function indexOfVisible(text: string, count: number): number {
  let seen = -1;
  for (let index = 0; index < text.length; index += 1) {
    if (!SPACE.test(text[index] ?? "")) seen += 1;
    if (seen === count) return index;
  }
  return text.length;
}
