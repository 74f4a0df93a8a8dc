/**
 * The API counts Unicode code points; JavaScript's strings count UTF-16 units. This is the only place where one becomes
 * the other.
 */

/** The UTF-16 index of a code point's place; places behind the end give the length. */
export function utf16Index(text: string, codePoint: number): number {
  let index = 0;
  for (let passed = 0; passed < codePoint && index < text.length; passed += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** The code point's place of a UTF-16 index; an index inside of a pair counts as before it. */
export function codePointIndex(text: string, index: number): number {
  let passed = 0;
  for (let at = 0; at < index && at < text.length; passed += 1) {
    const size = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    if (at + size > index) break;
    at += size;
  }
  return passed;
}

/** The UTF-16 indices of many places, given in rising order: the text is walked through once. */
export function utf16Indices(text: string, codePoints: readonly number[]): number[] {
  let index = 0;
  let passed = 0;
  return codePoints.map((wanted) => {
    for (; passed < wanted && index < text.length; passed += 1)
      index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
    return index;
  });
}
