"""Insights: what was saved, read and asked, and what digests have learned from it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.domain.access import Scope
from cortex.security.scopes import requires

router = APIRouter(prefix="/api/insights", tags=["insights"])


class _Shown(Schema):
    model_config = ConfigDict(from_attributes=True)


class InsightDayShown(_Shown):
    """A day where Cortex runs: items saved, items read, minutes of reading (by the length of what was read), questions
    asked."""

    day: str
    saved: int
    read: int
    minutes: float
    asked: int


class InsightTopicShown(_Shown):
    """A tag, and how many items with it were saved in each of `weeks`."""

    name: str
    saved: int
    per_week: list[int]
    trend: Literal["rising", "falling", "steady"]
    """The later half of the weeks against the earlier one."""


class RevisitedShown(_Shown):
    """An item that was opened more than once."""

    item_id: str
    title: str
    days: int
    visits: int
    last_at: str


class SourceShown(_Shown):
    """A site: how many items were saved from it, how many of these were read."""

    site: str
    saved: int
    read: int


class InsightCollectionShown(_Shown):
    """A collection: how many items it holds, how many of these were saved in the period."""

    id: str
    name: str
    items: int
    added: int


class LibraryShown(_Shown):
    """The whole library."""

    items: int
    unread: int
    unread_minutes: int
    archived: int


class InsightsShown(_Shown):
    """What happened in the period."""

    since: str
    until: str
    days: list[InsightDayShown]
    weeks: list[str]
    """The first day of each week that topics are counted by; the first week may begin before the period."""
    topics: list[InsightTopicShown]
    revisited: list[RevisitedShown]
    sources: list[SourceShown]
    collections: list[InsightCollectionShown]
    library: LibraryShown


class InterestShown(_Shown):
    """What digests rank by: a tag, name or site, how much of it was saved, and what was done with that."""

    kind: Literal["tag", "name", "site"]
    name: str
    strength: float
    """0–1."""
    reason: str
    saved: int
    read: int
    marked: int
    favourite: int
    asked: int
    less: int
    """Items with it that less was wanted of."""


class DislikedShown(_Shown):
    """An item that less like it is wanted; `POST /api/digests/{id}/feedback {item_id, less: false}` takes it back."""

    item_id: str
    title: str
    since: str


class InterestsShown(_Shown):
    """Learned on this machine from what was read, marked, kept and asked about; strongest first."""

    interests: list[InterestShown]
    less: list[DislikedShown]


@router.get("", operation_id="insights", responses=responses(422))
@requires(Scope.read)
async def insights(app: App, days: Annotated[int, Query(ge=1, le=366)] = 30) -> InsightsShown:
    """The last so many days, today included: what was saved, read and asked; topics; sources; what is unread."""
    return InsightsShown.model_validate(await app.digests.insights.over(days))


@router.get("/interests", responses=responses(422))
@requires(Scope.read)
async def list_interests(app: App, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> InterestsShown:
    """What digests have learned, each with its reason; and what less is wanted of."""
    return InterestsShown.model_validate(await app.digests.service.learned(limit=limit))
