"""An image of a saved page: fetched on the owner's word, or not, and why."""

from __future__ import annotations

from dataclasses import dataclass

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
"""The kinds of images that are kept; all of them are pixels, none can hold a program."""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A file that holds an image. `width` and `height` in pixels, `size` in bytes."""

    sha256: str
    media_type: str
    width: int
    height: int
    size: int

    @property
    def name(self) -> str:
        """What the file is called among the item's assets."""
        return f"{self.sha256}.{EXTENSIONS[self.media_type]}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an image was not fetched: a short stable word, and a sentence for the owner."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class ItemImage:
    """The image at `url`, as the item's page names it."""

    url: str
    outcome: StoredImage | Refusal

    @property
    def stored(self) -> StoredImage | None:
        """The file, where it was fetched."""
        return self.outcome if isinstance(self.outcome, StoredImage) else None

    @property
    def refusal(self) -> Refusal | None:
        """Why not, where it was not."""
        return self.outcome if isinstance(self.outcome, Refusal) else None
