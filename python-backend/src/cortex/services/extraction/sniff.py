"""What a file really is, from its first bytes, its name and what was said about it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from cortex.exceptions import ExtractionError

HTML = "text/html"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
PDF = "application/pdf"
EPUB = "application/epub+zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MHTML = "multipart/related"
SUPPORTED = frozenset((HTML, MARKDOWN, TEXT, PDF, EPUB, DOCX, MHTML))
HEAD = 4096
"""How many of a file's first bytes are enough."""

_SUFFIXES = {
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".xht": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN,
    ".mdown": MARKDOWN, ".mkd": MARKDOWN, ".txt": TEXT, ".text": TEXT, ".log": TEXT, ".rst": TEXT, ".org": TEXT,
    ".pdf": PDF, ".epub": EPUB, ".docx": DOCX, ".docm": DOCX, ".dotx": DOCX,
    ".mhtml": MHTML, ".mht": MHTML,
}  # fmt: skip
_ALIASES = {
    "application/xhtml+xml": HTML, "text/x-markdown": MARKDOWN, "application/markdown": MARKDOWN,
    "application/x-pdf": PDF, "text/pdf": PDF,
    "application/x-epub+zip": EPUB, "application/vnd.ms-word.document.macroenabled.12": DOCX,
    "application/x-mimearchive": MHTML,
}  # fmt: skip
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"OggS", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1aE\xdf\xa3", "a video file"),
    (b"RIFF", "a sound, video or picture file"),
    (b"SQLite format 3\x00", "a database"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
)
_MARKUP = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(rb"^\s*<(?:div|p|article|section|main|h[1-6]|ul|ol|table|span|blockquote)[\s>]", re.IGNORECASE)
_ARCHIVE = b"PK\x03\x04"
_MIMETYPE = re.compile(rb"PK\x03\x04.{22}\x08\x00(..)mimetype", re.DOTALL)
_WORD = re.compile(rb"PK\x03\x04.{26}word/", re.DOTALL)
_MESSAGE = re.compile(
    rb"\A(?:[!-9;-~]{1,80}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){0,40}?Content-Type:\s*([a-z]+/[a-z]+)",
    re.IGNORECASE,
)
_ALLEGED = {EPUB: "an EPUB", DOCX: "a Word document", MHTML: "a saved page (MHTML)"}
_LOCKED_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READS = "It reads HTML, Markdown, plain text, PDF, EPUB, DOCX and MHTML."
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x08")


def sniff(head: bytes, *, declared: str | None = None, filename: str | None = None) -> str:
    """The media type to read a document as, one of SUPPORTED.

    What the bytes show wins over what was declared, which wins over the name. Raises ExtractionError
    (unsupported) for anything that Cortex cannot read.
    """
    said = (declared or "").split(";")[0].strip().lower()
    said = _ALIASES.get(said, said)
    named = _SUFFIXES.get(PurePosixPath((filename or "").replace("\\", "/")).suffix.lower())
    shown = _shown(head, said, named)
    if shown is not None:
        return shown
    kind = _binary_kind(head)
    if kind and said == PDF:
        # Not a PDF after all, or one with a broken head: pdfium says so in better words.
        return PDF
    if kind:
        raise _refusal(head, kind, said, named)
    if said == MARKDOWN or (named == MARKDOWN and said in ("", TEXT, "application/octet-stream")):
        return MARKDOWN
    if _MARKUP.match(head) or said == HTML:
        return HTML
    alleged = _ALLEGED.get(said) or _ALLEGED.get(named or "")
    if alleged:
        raise ExtractionError(
            f"This file is called {alleged}, but it does not begin as one does. It is probably damaged.",
            reason="unsupported",
        )
    if said == PDF or (not said and named == PDF):
        return PDF
    if said in ("", "application/octet-stream", "binary/octet-stream", TEXT):
        if named == HTML or (not named and said != TEXT and _FRAGMENT.match(head)):
            return HTML
        return named or TEXT
    raise ExtractionError(f"Cortex cannot read {said[:100]}. {_READS}", reason="unsupported")


def _shown(head: bytes, said: str, named: str | None) -> str | None:
    """What the first bytes prove a document to be."""
    if head.startswith(_ARCHIVE) and (inside := _archived(head, said, named)):
        return inside
    if _is_saved_page(head, MHTML in (said, named)):
        return MHTML
    return PDF if b"%PDF-" in head[:1024] and not _MARKUP.match(head) else None


def _refusal(head: bytes, kind: str, said: str, named: str | None) -> ExtractionError:
    if head.startswith(_LOCKED_OFFICE) and DOCX in (said, named):
        return ExtractionError(
            "This Word document is locked with a password, so its text cannot be read. Save a copy without the "
            "password and add that.",
            reason="unsupported",
        )
    return ExtractionError(f"This looks like {kind}, which Cortex cannot read. {_READS}", reason="unsupported")


def _archived(head: bytes, said: str, named: str | None) -> str | None:
    """The document that an archive is, by the parts at its beginning; where these say nothing, by what was said."""
    first = _MIMETYPE.match(head)
    if first is not None:
        begin = first.end() + int.from_bytes(first[1], "little")
        return EPUB if head[begin : begin + 64].startswith(EPUB.encode()) else None
    if b"META-INF/container.xml" in head:
        return EPUB
    if _WORD.search(head):
        return DOCX
    return next((kind for kind in (said, named) if kind in (EPUB, DOCX)), None)


def _is_saved_page(head: bytes, is_alleged: bool) -> bool:
    """Whether this is a message with a page in it; of what is not called so, only the usual form is taken for one."""
    message = _MESSAGE.match(head.lstrip())
    if message is None or b"mime-version:" not in head.lower():
        return False
    return is_alleged or message[1].lower() == MHTML.encode()


def _binary_kind(head: bytes) -> str | None:
    """What these bytes look like that is no text."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    kind = next((kind for magic, kind in _BINARY if head.startswith(magic) and _is_binary(head, magic)), None)
    return "a binary file" if kind is None and not wide and _has_binary_bytes(head) else kind


def _is_binary(head: bytes, magic: bytes) -> bool:
    """Short magic numbers are also how words begin (`BM`, `MZ`): a text is not taken for a program."""
    return len(magic) > 3 or _has_binary_bytes(head)


def _has_binary_bytes(head: bytes) -> bool:
    controls = sum(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head)
    # A stray NUL or two stands in many a text; UTF-16 without a mark has them at every other byte of ASCII.
    return controls > len(head) // 50 + 1 and not _is_utf16(head)


def _is_utf16(head: bytes) -> bool:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    return (odd > 0.7 * half and even < 0.05 * half) or (even > 0.7 * half and odd < 0.05 * half)
