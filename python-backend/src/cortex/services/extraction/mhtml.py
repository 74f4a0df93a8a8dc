"""Pages that a browser saved whole, as one message (MHTML): the page in it is read like any other."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from cortex.domain.document import Document
from cortex.exceptions import ExtractionError
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.extraction.html import parse_html
from cortex.services.extraction.links import absolute_url

_PAGES = ("text/html", "application/xhtml+xml")


def parse_mhtml(data: bytes, *, url: str | None = None) -> Document:
    """The main content of the page in a message; `url` is where the message itself is from.

    Raises ExtractionError: damaged (there is no page in it), empty.
    """
    message = message_from_bytes(data)
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    start = _bare(message.get_param("start"))
    page = next((part for part in pages if start and _bare(part.get("Content-ID")) == start), next(iter(pages), None))
    content = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(content, bytes):
        raise ExtractionError(
            "This saved page (MHTML) is damaged: there is no page in it. Save it again, or save it as HTML.",
            reason="damaged",
        )
    document = parse_html(content, url=_location(page, message) or url, charset=page.get_content_charset())
    if document.metadata.title:
        return document
    return replace(document, metadata=replace(document.metadata, title=_subject(message)))


def _location(page: Message, message: Message) -> str | None:
    """The address that the page was saved from."""
    for value in (page.get("Content-Location"), message.get("Snapshot-Content-Location")):
        address = absolute_url(str(value or ""), None, ("http", "https"))
        if address:
            return address
    return None


def _subject(message: Message) -> str | None:
    try:
        words = str(make_header(decode_header(str(message.get("Subject") or ""))))
    except (ValueError, LookupError, MessageError):
        return None
    return shorten(collapse(words), 500) or None


def _bare(value: object) -> str:
    """A content id without its brackets."""
    return str(value or "").strip().strip("<>")
