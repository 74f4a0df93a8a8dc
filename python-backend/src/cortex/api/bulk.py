"""One action on many items."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from cortex.api.access import CurrentCaller
from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.schemas.items import Tags
from cortex.api.schemas.words import Moment, Reference
from cortex.domain.access import Scope
from cortex.domain.item import ItemFilters, Kind, Status
from cortex.exceptions import ForbiddenError, ValidationError
from cortex.security.scopes import requires
from cortex.services.bulk import Action, BulkAction

router = APIRouter(prefix="/api/items", tags=["items"])
T = TypeVar("T")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


OneOrMany = Annotated[list[T], BeforeValidator(_listed), Field(min_length=1, max_length=50)]


class BulkFilters(Schema):
    """The filters of the list of items; all that are named must hold."""

    model_config = ConfigDict(extra="forbid")

    status: OneOrMany[Status] | None = None
    kind: OneOrMany[Kind] | None = None
    tag: OneOrMany[Reference] | None = None
    collection_id: Reference | None = None
    source: Reference | None = None
    site: Reference | None = None
    favourite: bool | None = None
    archived: bool | None = None
    read: bool | None = None
    """Read to the end, or not yet."""
    local_only: bool | None = None
    trashed: bool = False
    created_after: Moment | None = None
    created_before: Moment | None = None


class BulkRequest(Schema):
    """`ids` or `filters`, and what to do."""

    ids: Annotated[list[Reference], Field(min_length=1, max_length=100_000)] | None = None
    filters: BulkFilters | None = None
    except_ids: Annotated[list[Reference], Field(max_length=100_000)] = []
    """With `filters`: these are left as they are."""
    at_most: Annotated[int, Field(ge=1)] | None = None
    """How many items were counted before: where more are meant by now, nothing is done (409)."""
    action: Action
    tags: Tags = []
    """For tag and untag."""
    collection_id: Reference | None = None
    """For move; null takes items out of their collection."""
    permanent: bool = False
    """For delete: what is in the trash, at once and for good."""

    @model_validator(mode="after")
    def _one_target(self) -> BulkRequest:
        if (self.ids is None) == (self.filters is None):
            raise ValueError("give either ids or filters")
        if self.except_ids and self.filters is None:
            raise ValueError("except_ids is for filters")
        return self


class BulkFailureShown(Schema):
    """An item that was left as it was; `error` is a code."""

    id: str
    error: str
    message: str


class BulkDone(Schema):
    """What was done."""

    done: int
    failed: list[BulkFailureShown]
    undo_id: str | None


@router.post("/bulk", responses=responses(403, 404, 409, 422))
@requires(Scope.write, body="capture")  # a list of ids may be long
async def bulk(request: BulkRequest, app: App, caller: CurrentCaller) -> BulkDone:
    """Delete, restore, tag, untag, move, archive, unarchive, favourite, unfavourite or retry many items at once.

    Items that cannot be changed are named in `failed`, the others are done. Deleting many for good is the owner's,
    and takes only what is in the trash.
    """
    if request.permanent and request.action == "delete":
        if caller.scope is not Scope.owner:
            raise ForbiddenError("Only the owner may delete many items for good.")
        if request.filters is not None and not request.filters.trashed:
            message = "Only what is in the trash is deleted for good: say trashed among the filters."
            raise ValidationError(message, details=[{"loc": ["body", "filters"], "msg": message, "type": "trashed"}])
    result = await app.bulk.run(
        _target(request),
        BulkAction(
            request.action,
            tags=tuple(request.tags),
            collection_id=request.collection_id,
            permanent=request.permanent,
            at_most=request.at_most,
        ),
    )
    return BulkDone(
        done=result.done,
        failed=[BulkFailureShown(id=one.id, error=one.error.code, message=one.error.message) for one in result.failed],
        undo_id=result.undo_id,
    )


def _target(request: BulkRequest) -> ItemFilters:
    if request.filters is None:
        return ItemFilters(ids=tuple(request.ids or ()))
    given = request.filters
    return ItemFilters(
        status=tuple(given.status) if given.status else None,
        kind=tuple(given.kind) if given.kind else None,
        tags=tuple(given.tag) if given.tag else None,
        collection_id=given.collection_id,
        source=given.source,
        site=given.site,
        favourite=given.favourite,
        archived=given.archived,
        read=given.read,
        local_only=given.local_only,
        trashed=given.trashed or request.action == "restore",
        created_after=given.created_after,
        created_before=given.created_before,
        except_ids=tuple(request.except_ids),
    )
