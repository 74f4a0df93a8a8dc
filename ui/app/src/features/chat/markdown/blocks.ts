/** Markdown cut into its blocks, so that while an answer is written only the last one is parsed again. */
export interface Block {
  /** UTF-16 index in the whole text. */
  start: number;
  text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const CONTINUES = /^(?: {2,}|\t)\S/;
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/;

/** Blocks are parted by blank lines outside of code; lists stay whole. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  let place = 0;
  let fence: string | null = null;
  let blank = false;
  let isList = false;
  for (const line of text.split("\n")) {
    const end = place + line.length + 1;
    const isBlank = line.trim() === "";
    if (fence === null && blank && !isBlank) {
      const belongs = isList && (CONTINUES.test(line) || ITEM.test(line));
      if (!belongs) {
        if (place > start) blocks.push({ start, text: text.slice(start, place) });
        start = place;
        isList = ITEM.test(line);
      }
    }
    if (place === start) isList = ITEM.test(line);
    const [, marks] = FENCE.exec(line.trimStart()) ?? [];
    if (marks !== undefined) {
      if (fence === null) fence = marks;
      else if (marks.startsWith(fence) && line.trim() === marks) fence = null;
    }
    blank = isBlank;
    place = end;
  }
  if (start < text.length) blocks.push({ start, text: text.slice(start) });
  return blocks;
}
