"""The images of saved pages: fetching them on the owner's word, and giving them out."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.originals import image_file
from cortex.api.schemas.images import ImagesFetched, ImagesWanted, image_shown
from cortex.domain.access import Scope
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/items", tags=["items"])


@router.post("/{item_id}/images/fetch", responses=responses(404, 409, 413, 415, 422))
@requires(Scope.write)
async def fetch_images(item_id: str, app: App, wanted: ImagesWanted | None = None) -> ImagesFetched:
    """Fetch the images that a saved page shows and that are not here yet, or one of them, from their own sites.

    Each connection stands in the privacy ledger. What fails says why and keeps nothing else from being fetched; what is
    here already is not asked for again.
    """
    found = await app.images.fetch(item_id, wanted.src if wanted else None)
    images = [image_shown(image) for image in found]
    fetched = sum(image.name is not None for image in images)
    return ImagesFetched(images=images, fetched=fetched, failed=len(images) - fetched)


@router.get("/{item_id}/assets/{name}", responses=responses(404), response_class=Response)
@requires(Scope.read)
async def get_asset(item_id: str, name: str, app: App) -> FileResponse:
    """An image of the item's page that was fetched."""
    return image_file(*await app.images.file(item_id, name))
