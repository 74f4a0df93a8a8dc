"""The images of saved pages: fetched when the owner says so, and kept with the item from then on."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cortex.db.blobs import BlobStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import item_images, items
from cortex.domain.item_image import ItemImage, Refusal, StoredImage
from cortex.exceptions import AssetNotFoundError, ConflictError, FetchError, ValidationError
from cortex.security.fetched_page import ACCEPT_IMAGES, FetchLimits
from cortex.security.outbound import OutboundClient
from cortex.security.sanitize import sanitize_html
from cortex.services.events import EventBus
from cortex.services.fetch_reasons import reason_for
from cortex.services.page_images import image_sources
from cortex.services.raster_images import is_drawing, recognise

_AT_ONCE = 4
"""Connections at a time, for one asking."""
_SECONDS = 120.0
"""How long one asking takes at most; what it does not get to is asked for again."""
_TOLD_AFTER_S = 1.0
_MOST_PIXELS = 100_000_000
"""What a browser unpacks: a small file can name a picture that fills the memory."""
_TOO_MANY = Refusal("limit", "As many images as are kept of one page are here. This one stays where it is.")
_TOO_LATE = Refusal("later", "There was no time left for this one. Fetch it again.")
"""Neither says anything about the image, so they are not remembered."""


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """Bounds of an item's images: bytes of one, how many, bytes of all, seconds and redirects of one fetch."""

    size: int
    count: int
    total_size: int
    seconds: float
    redirects: int


class _Asking:
    """One asking for an item's images: its deadline, a few connections at a time, and what the item has by now."""

    def __init__(self, item_id: str, kept: Sequence[StoredImage]):
        self.item_id = item_id
        self.slots = asyncio.Semaphore(_AT_ONCE)
        self.count = len(kept)
        self.size = sum(image.size for image in kept)
        self.telling: asyncio.TimerHandle | None = None
        self._deadline = time.monotonic() + _SECONDS

    @property
    def seconds(self) -> float:
        """What is left of its time."""
        return self._deadline - time.monotonic()


class ItemImages:
    """Fetches the images that an item's page names, and nothing else, and gives them out again."""

    def __init__(
        self, database: Database, blobs: BlobStore, outbound: OutboundClient, events: EventBus, limits: ImageLimits
    ):
        self._database = database
        self._blobs = blobs
        self._outbound = outbound
        self._events = events
        self._limits = limits
        self._locks: weakref.WeakValueDictionary[tuple[str, str], asyncio.Lock] = weakref.WeakValueDictionary()

    async def fetch(self, item_id: str, source: str | None = None) -> list[ItemImage]:
        """Fetch the images of an item's page that are not here yet, or the one at `source`; gives what became of each.

        One image's failure is no other's. Raises ItemNotFoundError, ConflictError (in the trash, or not read yet),
        ValidationError (the page has no such image), StorageFullError; what was fetched until then is kept.
        """
        sources = await self._sources(item_id)
        if source is not None and source not in sources:
            message = "The page that was saved shows no image from this address. Nothing was fetched."
            raise ValidationError(message, details=[{"loc": ["body", "src"], "msg": message, "type": "src"}])
        known = await self._known(item_id)
        kept = {url: image for url, image in known.items() if image.stored and self._blobs.has(image.stored.sha256)}
        # What earlier versions of the page showed takes no room from what this one shows.
        asking = _Asking(item_id, [image.stored for url, image in kept.items() if image.stored and url in sources])
        wanted = sources if source is None else (source,)
        # A page can name any number, but does not decide how many connections that makes; what failed before waits.
        missing = sorted((url for url in wanted if url not in kept), key=known.__contains__)
        tried = missing[: self._limits.count]
        try:
            found = await asyncio.gather(*(self._one(asking, url) for url in tried), return_exceptions=True)
        finally:
            if asking.telling is not None:
                asking.telling.cancel()
            self._events.publish("item.updated", {"item_id": item_id})
        failed = [one for one in found if isinstance(one, BaseException)]
        if failed:
            raise failed[0]
        became = kept | {one.url: one for one in found if isinstance(one, ItemImage)}
        return [became.get(url) or ItemImage(url, _TOO_MANY) for url in wanted]

    async def file(self, item_id: str, name: str) -> tuple[StoredImage, Path]:
        """A fetched image by its name. Raises ItemNotFoundError, AssetNotFoundError."""

        def read(connection: Connection) -> StoredImage | None:
            items.number_of(connection, item_id)
            return item_images.find(connection, item_id, name.partition(".")[0])

        image = await self._database.read(read)
        if image is None or image.name != name:
            raise AssetNotFoundError(f"This item has no file named {name[:100]}.")
        return image, await self._blobs.locate(image.sha256)

    async def files(self, item_id: str) -> dict[str, tuple[StoredImage, Path]]:
        """All fetched images of an item and their files, by address."""
        known = await self._known(item_id)
        return {
            url: (image.stored, self._blobs.path_of(image.stored.sha256))
            for url, image in known.items()
            if image.stored is not None
        }

    async def _sources(self, item_id: str) -> tuple[str, ...]:
        def read(connection: Connection) -> str:
            if not items.is_live(connection, item_id):
                raise ConflictError("This item is in the trash. Restore it first; nothing was fetched.")
            content = items.content(connection, item_id)
            if content is None or content.html is None:
                raise ConflictError("This item is not read yet. Fetch its images once its text is here.")
            return content.html

        html = await self._database.read(read)
        return await asyncio.to_thread(lambda: image_sources(sanitize_html(html)))

    async def _known(self, item_id: str) -> dict[str, ItemImage]:
        return await self._database.read(lambda connection: item_images.of_item(connection, item_id))

    async def _one(self, asking: _Asking, url: str) -> ItemImage:
        # Whoever else asks for the same image meanwhile waits, and finds it there.
        lock = self._locks.setdefault((asking.item_id, url), asyncio.Lock())
        async with asking.slots, lock:
            present = (await self._known(asking.item_id)).get(url)
            if present is not None and present.stored and self._blobs.has(present.stored.sha256):
                return present
            image = ItemImage(url, await self._outcome(asking, url))
            if image.outcome not in (_TOO_MANY, _TOO_LATE):
                await self._keep(asking.item_id, image)
            self._tell(asking)
            return image

    async def _outcome(self, asking: _Asking, url: str) -> StoredImage | Refusal:
        host = urlsplit(url).hostname or url[:100]
        limits, room, seconds = self._limits, self._limits.total_size - asking.size, asking.seconds
        if asking.count >= limits.count or room <= 0:
            return _TOO_MANY
        if seconds <= 0:
            return _TOO_LATE
        bounds = FetchLimits(min(limits.size, room), min(limits.seconds, seconds), limits.redirects)
        asking.count += 1  # before it is known: others are fetched meanwhile
        try:
            answer = await self._outbound.fetch(
                url, purpose="image", item_id=asking.item_id, limits=bounds, accept=ACCEPT_IMAGES
            )
            found = await self._checked(asking, answer.body, host)
        except FetchError as error:
            found = Refusal(error.reason, reason_for(error, host))
        if isinstance(found, Refusal):
            asking.count -= 1
        return found

    async def _checked(self, asking: _Asking, body: bytes, host: str) -> StoredImage | Refusal:
        """The image in these bytes, stored. Whatever the server called it, its own first bytes decide."""
        image = recognise(body)
        if image is None:
            if is_drawing(body):
                return Refusal("drawing", "This is an SVG drawing, which can hold programs. Only pictures are kept.")
            return Refusal("not_an_image", f"What {host} sent is no picture (PNG, JPEG, GIF, WebP or AVIF).")
        if image.width * image.height > _MOST_PIXELS:
            return Refusal("too_large", f"The picture has {image.width} × {image.height} pixels, too many to be shown.")
        if len(body) > self._limits.total_size - asking.size:
            return _TOO_MANY
        asking.size += len(body)
        sha256 = await self._blobs.put(body)
        return StoredImage(sha256, image.media_type, image.width, image.height, len(body))

    async def _keep(self, item_id: str, image: ItemImage) -> None:
        def store(connection: Connection) -> None:
            number = items.number_of(connection, item_id)
            if image.stored is not None and not self._blobs.has(image.stored.sha256):
                raise ConflictError("The same image was being deleted for good at this very moment. Fetch it again.")
            item_images.store(connection, number, image)

        await self._database.write(store)

    def _tell(self, asking: _Asking) -> None:
        """Let those who show the item see it fill, a little later: there may be many."""
        if asking.telling is None:
            asking.telling = asyncio.get_running_loop().call_later(_TOLD_AFTER_S, self._told, asking)

    def _told(self, asking: _Asking) -> None:
        asking.telling = None
        self._events.publish("item.updated", {"item_id": asking.item_id})
