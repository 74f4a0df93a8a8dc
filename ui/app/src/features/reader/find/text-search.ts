import { readingTexts } from "@/lib/reading-texts";

/** Looks for words in what is shown: case, accents and the kind of white space make no difference. */
const MOST = 5_000;

interface Piece {
  node: Text;
  start: number;
}

/** The text below an element, folded for comparing, each character with its place. */
export class Findable {
  readonly #pieces: Piece[] = [];
  readonly #offsets: number[] = [];
  readonly #folded: string;

  constructor(root: Element) {
    const walker = readingTexts(root);
    let folded = "";
    let afterSpace = false;
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      this.#pieces.push({ node, start: folded.length });
      for (let index = 0; index < node.data.length; index += 1) {
        const character = foldOne(node.data[index] ?? "");
        if (character === " " && afterSpace) continue;
        afterSpace = character === " ";
        for (const part of character) {
          folded += part;
          this.#offsets.push(index);
        }
      }
    }
    this.#folded = folded;
  }

  /** Where `words` stand, in order; at most 5,000 places. */
  find(words: string): Range[] {
    const wanted = fold(words.trim());
    const ranges: Range[] = [];
    if (wanted === "") return ranges;
    for (
      let at = this.#folded.indexOf(wanted);
      at !== -1 && ranges.length < MOST;
      at = this.#folded.indexOf(wanted, at + wanted.length)
    ) {
      const [first, last] = [this.#at(at), this.#at(at + wanted.length - 1)];
      if (first === null || last === null) continue;
      const range = document.createRange();
      range.setStart(first.node, first.offset);
      range.setEnd(last.node, last.offset + 1);
      ranges.push(range);
    }
    return ranges;
  }

  #at(place: number): { node: Text; offset: number } | null {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.start ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    const piece = this.#pieces[low];
    const offset = this.#offsets[place];
    return piece === undefined || offset === undefined ? null : { node: piece.node, offset };
  }
}

/** How often words stand in a text, folded the same way. */
export function countIn(text: string, words: string): number {
  const wanted = fold(words.trim());
  return wanted === "" ? 0 : fold(text).split(wanted).length - 1;
}

function fold(text: string): string {
  return [...text].map(foldOne).join("").replace(/ +/g, " ");
}

function foldOne(character: string): string {
  if (/\s/.test(character)) return " ";
  if (character < "\u0080") return character.toLowerCase();
  return character.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
