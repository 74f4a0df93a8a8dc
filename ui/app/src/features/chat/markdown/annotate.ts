/** Turns `[n]` into citations, and marks what the sources do not bear out. */
export interface Mark {
  /** UTF-16 indices within the block. */
  start: number;
  end: number;
  reason: string;
}

export interface Annotations {
  /** The numbers that have a source. */
  known: ReadonlySet<number>;
  marks: readonly Mark[];
}

/** As much of mdast as is needed here. */
interface Node {
  type: string;
  value?: string;
  children?: Node[];
  position?: { start: { offset?: number }; end: { offset?: number } };
  data?: { hName?: string; hProperties?: Record<string, unknown>; hChildren?: unknown[] };
}

const MARKER = /\[(\d{1,3})\]/g;
const LEFT_ALONE = new Set(["link", "linkReference", "code", "inlineCode", "html"]);

/** A remark plugin. */
export function annotate({ known, marks }: Annotations) {
  return (tree: Node): void => walk(tree, known, marks);
}

function walk(node: Node, known: ReadonlySet<number>, marks: readonly Mark[]): void {
  if (node.children === undefined || LEFT_ALONE.has(node.type)) return;
  node.children = node.children.flatMap((child) => {
    if (child.type === "text") return annotated(child, known, marks);
    walk(child, known, marks);
    return [child];
  });
}

function annotated(node: Node, known: ReadonlySet<number>, marks: readonly Mark[]): Node[] {
  const value = node.value ?? "";
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? from + value.length;
  // Where the source writes a character otherwise (an entity, an escape), places within are not known: all or nothing.
  const isExact = to - from === value.length;
  const touched = marks.filter((mark) => mark.start < to && mark.end > from);
  const parts = isExact
    ? cut(value, from, touched)
    : [{ text: value, reason: touched[0]?.reason ?? null, isLast: true }];
  return parts.flatMap(({ text, reason, isLast }) => {
    const nodes = cited(text, known);
    if (reason === null) return nodes;
    return [
      {
        type: "claim",
        children: nodes,
        data: { hName: "ins", hProperties: { dataReason: reason, dataLast: isLast ? "" : undefined } },
      },
    ];
  });
}

function cut(value: string, from: number, marks: readonly Mark[]) {
  const parts: { text: string; reason: string | null; isLast: boolean }[] = [];
  let place = 0;
  for (const mark of marks) {
    const start = Math.max(mark.start - from, place);
    const end = Math.min(mark.end - from, value.length);
    if (end <= start) continue;
    if (start > place) parts.push({ text: value.slice(place, start), reason: null, isLast: false });
    parts.push({
      text: value.slice(start, end),
      reason: mark.reason,
      isLast: mark.end - from <= value.length,
    });
    place = end;
  }
  if (place < value.length) parts.push({ text: value.slice(place), reason: null, isLast: false });
  return parts;
}

function cited(text: string, known: ReadonlySet<number>): Node[] {
  const nodes: Node[] = [];
  let place = 0;
  for (const match of text.matchAll(MARKER)) {
    const n = Number(match[1]);
    if (!known.has(n)) continue;
    if (match.index > place) nodes.push({ type: "text", value: text.slice(place, match.index) });
    nodes.push({
      type: "citation",
      children: [],
      data: { hName: "cite", hProperties: { dataN: String(n) } },
    });
    place = match.index + match[0].length;
  }
  if (place < text.length) nodes.push({ type: "text", value: text.slice(place) });
  return nodes;
}
