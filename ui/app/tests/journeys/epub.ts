/** An EPUB of one chapter, as small as they come: a ZIP archive whose parts are not packed. */
import { crc32 } from "node:zlib";

export function epub(title: string, text: string): Buffer {
  return zip({
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>',
    "book.opf": `<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>${title}</dc:title></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>`,
    "c.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><h1>One</h1><p>${text}</p></body></html>`,
  });
}

function zip(parts: Record<string, string>): Buffer {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const size = Buffer.byteLength(content);
    // version, flags, method, time, date; sum, packed and unpacked size; lengths of the name and of what is extra
    const about = fields(
      [2, 20],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0x21],
      [4, crc32(content)],
      [4, size],
      [4, size],
    );
    const lengths = fields([2, name.length], [2, 0]);
    const file = [Buffer.from("PK\x03\x04"), about, lengths, Buffer.from(name), Buffer.from(content)];
    const place = fields([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    entries.push(
      Buffer.concat([Buffer.from("PK\x01\x02"), fields([2, 20]), about, lengths, place, Buffer.from(name)]),
    );
    files.push(...file);
    offset += file.reduce((sum, piece) => sum + piece.length, 0);
  }
  const list = Buffer.concat(entries);
  const counts = fields([2, 0], [2, 0], [2, entries.length], [2, entries.length]);
  return Buffer.concat([
    ...files,
    list,
    Buffer.from("PK\x05\x06"),
    counts,
    fields([4, list.length], [4, offset], [2, 0]),
  ]);
}

/** Little-endian numbers, each with its width in bytes. */
function fields(...values: [width: 2 | 4, value: number][]): Buffer {
  return Buffer.concat(
    values.map(([width, value]) => {
      const field = Buffer.alloc(width);
      field.writeUIntLE(value, 0, width);
      return field;
    }),
  );
}
