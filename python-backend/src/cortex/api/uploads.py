"""Uploading files."""

from __future__ import annotations

import hashlib
import json
from contextlib import AsyncExitStack
from typing import Annotated

import pydantic
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.idempotency import idempotent
from cortex.api.items import saved_item
from cortex.api.multipart import Form, ReceivedFile, read_form
from cortex.api.schemas.base import Schema
from cortex.api.schemas.items import SavedItem, Tags
from cortex.api.schemas.words import Line, LongText, Reference, Source
from cortex.domain.access import Scope
from cortex.exceptions import CortexError, ExtractionError, UnsupportedMediaTypeError, ValidationError
from cortex.security.scopes import requires
from cortex.services.capture import Around, Captured

router = APIRouter(prefix="/api/items", tags=["items"])


class UploadFields(Schema):
    """What may be said beside the files; it holds for all of them."""

    title: Annotated[Line, Field(max_length=100_000)] | None = None
    """Counts when there is one file."""
    source: Source = "upload"
    tags: Tags = []
    """Repeated, or one field with commas between."""
    collection_id: Reference | None = None
    note: LongText | None = None
    local_only: bool = False


class UploadedItem(SavedItem):
    """What became of one file."""

    filename: str | None


class FailedUpload(Schema):
    """A file that was not stored, while others of the same request were."""

    filename: str | None
    error: str
    message: str


class Uploaded(Schema):
    """The stored files in their order, then those that were refused."""

    items: list[UploadedItem]
    failed: list[FailedUpload]


_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "title": {"type": "string"},
                    "source": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "collection_id": {"type": "string"},
                    "note": {"type": "string"},
                    "local_only": {"type": "boolean"},
                },
            }
        }
    },
}


@router.post(
    "/upload",
    response_model=Uploaded,
    responses=responses(404, 409, 413, 415, 422),
    openapi_extra={"requestBody": _BODY},
)
@requires(Scope.capture, body="upload")
async def upload_items(request: Request, app: App) -> Response:
    """Store files: PDF, EPUB, DOCX, HTML, MHTML, Markdown, text. What a file is, its bytes say; its name is only shown.

    Every part with a file name counts, whatever it is called. When all are refused, the first reason is the answer.
    """
    async with AsyncExitStack() as stack:
        form = await read_form(request, app.blobs, stack, file_limit=app.settings.limits.upload_file)
        if not form.files:
            message = "There is no file in this request."
            raise ValidationError(message, details=[{"loc": ["body", "files"], "msg": message, "type": "missing"}])
        around = _around(form)

        async def store() -> Response:
            return JSONResponse((await _store(app, form.files, around)).model_dump())

        return await idempotent(request, app, _fingerprint(form), store)


async def _store(app: App, files: list[ReceivedFile], around: Around) -> Uploaded:
    answer = Uploaded(items=[], failed=[])
    first: CortexError | None = None
    for file in files:
        try:
            captured = await _store_one(app, file, around)
        except (ValidationError, UnsupportedMediaTypeError) as error:
            first = first or error
            answer.failed.append(FailedUpload(filename=file.filename, error=error.code, message=error.message))
        else:
            answer.items.append(UploadedItem(**saved_item(captured).model_dump(), filename=file.filename))
    if first is not None and not answer.items:
        raise first
    return answer


async def _store_one(app: App, file: ReceivedFile, around: Around) -> Captured:
    try:
        return await app.capture.save_file(file.blob, filename=file.filename, declared=file.declared, around=around)
    except ExtractionError as error:
        raise UnsupportedMediaTypeError(f"{error.message} Nothing was stored.") from error


def _around(form: Form) -> Around:
    given: dict[str, object] = {
        name: values[-1] for name, values in form.fields.items() if name in UploadFields.model_fields
    }
    if "tags" in given:
        given["tags"] = [part for value in form.fields["tags"] for part in value.split(",") if part.strip()]
    try:
        fields = UploadFields.model_validate({name: value for name, value in given.items() if value != ""})
    except pydantic.ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None
    return Around(
        title=fields.title if len(form.files) == 1 else None,
        source=fields.source,
        tags=tuple(fields.tags),
        collection_id=fields.collection_id,
        note=fields.note or None,
        local_only=fields.local_only,
    )


def _fingerprint(form: Form) -> str:
    parts = [form.fields, [(file.filename, file.blob.sha256) for file in form.files]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
