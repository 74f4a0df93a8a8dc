"""From bytes to text: which character set a page is in."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""<meta[^>]{0,512}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})["']""")
_HEAD = 4096
_SAMPLE = 256 * 1024

# What browsers read under these labels (WHATWG Encoding Standard): the larger set that pages really use.
_BROWSER_NAMES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252",
    "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932",
    "big5": "big5hkscs", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip


def codec_for(label: str | None) -> str | None:
    """The codec that a browser would use for this label; None for unknown ones and for codecs that are not text."""
    if not label:
        return None
    try:
        info = codecs.lookup(label.strip().strip("\"'").lower())
    except (LookupError, ValueError):
        return None
    # `zip`, `hex` and friends are codecs too, but turn bytes into bytes; `idna`, `unicode_escape` are no charsets.
    if not info._is_text_encoding or info.name in ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7"):
        return None
    return _BROWSER_NAMES.get(info.name, info.name)


def decode(data: bytes, declared: str | None = None, *, markup: bool = True) -> str:
    """`data` as text: byte order mark, the transport's `declared` charset, the page's own word, then a guess.

    A declared charset that does not fit (more than a few undecodable bytes) loses against UTF-8 that does.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, errors="replace")
    candidates = [codec_for(declared)]
    if markup:
        head = data[:_HEAD]
        for pattern in (_META, _XML):
            found = pattern.search(head)
            label = codec_for(found.group(1).decode("ascii")) if found else None
            # A page whose ASCII bytes spell the declaration is not UTF-16, whatever it says.
            candidates.append("utf-8" if label and label.startswith(("utf-16", "utf-32")) else label)
    for candidate in [*candidates, "utf-8"]:
        if candidate:
            try:
                return data.decode(candidate)
            except (UnicodeDecodeError, LookupError):
                continue
    return data.decode(_guess(data, next((name for name in candidates if name), None)), errors="replace")


def _guess(data: bytes, declared: str | None) -> str:
    """A charset for bytes that fit none of the declared ones."""
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") <= len(data) // 2000 + 1:
        return "utf-8"
    if declared:
        broken = data.decode(declared, errors="replace").count("\ufffd")
        if broken <= len(data) // 2000 + 1:
            return declared
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return codec_for(best.encoding if best else None) or "cp1252"
