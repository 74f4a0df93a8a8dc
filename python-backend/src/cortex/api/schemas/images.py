"""Images of saved pages as they are asked for and answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from cortex.api.schemas.base import Schema
from cortex.domain.item_image import ItemImage


class WhyNot(Schema):
    """Why an image was not fetched: a short stable word, and a sentence for the owner."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    message: str


class ImageShown(Schema):
    """An image of the page: fetched (`name` and what follows are there), or not (`error` says why)."""

    src: str
    """Its address, as `data-src` of `content_html` gives it."""
    name: str | None = None
    """The file is at `/api/items/{id}/assets/{name}`."""
    media_type: str | None = None
    width: int | None = None
    """In pixels, as `height`."""
    height: int | None = None
    size: int | None = None
    """In bytes."""
    error: WhyNot | None = None


class ImagesWanted(Schema):
    """Which image to fetch; without `src` all that are not here yet."""

    src: Annotated[str, Field(min_length=1, max_length=5000)] | None = None


class ImagesFetched(Schema):
    """What became of each image that was asked for, those included that were here already."""

    images: list[ImageShown]
    fetched: int
    """How many of them are here now."""
    failed: int


def image_shown(image: ItemImage) -> ImageShown:
    """The answer about one image."""
    stored, refusal = image.stored, image.refusal
    return ImageShown(
        src=image.url,
        name=stored.name if stored else None,
        media_type=stored.media_type if stored else None,
        width=stored.width if stored else None,
        height=stored.height if stored else None,
        size=stored.size if stored else None,
        error=WhyNot.model_validate(refusal) if refusal else None,
    )
