"""Getting an item's content and reading it: from an address to bytes, from bytes to text and metadata."""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import unquote, urlsplit

from cortex.db.blobs import BlobStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing
from cortex.db.repositories.items import NewVersion
from cortex.db.repositories.processing import Reading
from cortex.domain.document import Document
from cortex.domain.item import Item, ItemContent
from cortex.exceptions import ProcessingError
from cortex.security.outbound import OutboundClient
from cortex.services.extraction import sniff
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.extraction.worker import Parser
from cortex.services.kinds import kind_of
from cortex.services.reading_time import length_of
from cortex.services.stored_blocks import blocks_to_json
from cortex.services.urls import parse_address

EXCERPT_LENGTH = 300
"""Code points of an excerpt."""
_TELLING_DESCRIPTION = 40
"""Code points from which a page's description of itself says more than its first words."""


class ItemReader:
    """Fetches pages of which only the address was saved, and extracts what was captured or fetched."""

    def __init__(self, database: Database, blobs: BlobStore, parser: Parser, outbound: OutboundClient):
        self._database = database
        self._blobs = blobs
        self._parser = parser
        self._outbound = outbound

    async def fetch(self, item: Item) -> int | None:
        """Fetch the page and make it the item's content; gives its version, None when it got content meanwhile.

        Raises FetchError (`waiting` when it is worth trying again), StorageFullError.
        """
        new = await self.download(item)

        def store(connection: Connection) -> int | None:
            if processing.current(connection, item.id, 0) is None:
                return None
            return items.add_version(connection, item.id, new)

        return await self._database.write(store)

    async def download(self, item: Item) -> NewVersion:
        """The item's page as it is now, stored but not yet the item's.

        Raises FetchError (`waiting` when it is worth trying again), ExtractionError (unsupported), StorageFullError.
        """
        if item.url is None:
            raise ProcessingError("This item has neither content nor an address, so there is nothing to read.")
        page = await self._outbound.fetch(item.url, purpose="page", item_id=item.id)
        filename = unquote(urlsplit(page.url).path.rpartition("/")[2]) or None
        media_type = sniff.sniff(page.body[: sniff.HEAD], declared=page.media_type, filename=filename)
        return NewVersion(
            await self._blobs.put(page.body), media_type, charset=page.charset, filename=filename, url=page.url
        )

    async def read(self, item: Item, new: NewVersion) -> Document:
        """What stands in such content. Raises ExtractionError."""
        return await self._parser.parse(
            self._blobs.path_of(new.sha256),
            media_type=new.media_type,
            url=new.url or item.url,
            charset=new.charset,
            filename=new.filename,
        )

    async def extract(self, item: Item) -> None:
        """Read the item's current version and keep text, clean HTML, blocks and metadata. Raises ExtractionError."""
        content = await self._database.read(lambda connection: items.content(connection, item.id, item.content_version))
        if content is None:
            raise ProcessingError("The stored content of this item is missing, so there is nothing to read.")
        document = await self.read(
            item,
            NewVersion(content.original_sha256, content.media_type, content.charset, content.filename, content.url),
        )
        reading, blocks = await asyncio.to_thread(lambda: (_reading(item, content, document), _blocks(document)))

        def store(connection: Connection) -> None:
            if processing.current(connection, item.id, content.version) is None:
                return
            items.store_extraction(
                connection,
                item.id,
                content.version,
                html=document.html,
                text=document.text,
                blocks=blocks,
                warnings=document.warnings,
            )
            processing.apply_metadata(connection, item.id, document.metadata, reading)
            processing.apply_keywords(connection, item.id, document.metadata.keywords)

        await self._database.write(store)


def _blocks(document: Document) -> str:
    return blocks_to_json(document.blocks)


def _reading(item: Item, content: ItemContent, document: Document) -> Reading:
    length = length_of(document.text)
    site = parse_address(item.url).site if item.url else None
    media_type = sniff.PDF if document.metadata.pages is not None else content.media_type
    return Reading(
        kind=kind_of(media_type=media_type, url=item.url, site=site) if item.kind != "note" else "note",
        excerpt=_excerpt(document),
        text_hash=hashlib.sha256(" ".join(document.text.casefold().split()).encode()).hexdigest(),
        word_count=length.words,
        reading_minutes=length.minutes,
    )


def _excerpt(document: Document) -> str:
    """What the document says of itself, else its first words that are not headings."""
    description = collapse(document.metadata.description or "")
    if len(description) >= _TELLING_DESCRIPTION:
        return shorten(description, EXCERPT_LENGTH)
    words = ""
    for block in document.blocks:
        if block.kind in ("paragraph", "list_item", "quote"):
            words = f"{words} {collapse(document.text[block.start : min(block.end, block.start + 1000)])}".strip()
        if len(words) >= EXCERPT_LENGTH:
            break
    return shorten(words or collapse(document.text[:1000]), EXCERPT_LENGTH)
