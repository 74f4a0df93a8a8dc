"""Is Cortex up, and how are its parts?"""

from __future__ import annotations

import time
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from cortex import __version__
from cortex.api.deps import App
from cortex.observability.metrics import CONTENT_TYPE
from cortex.security.scopes import Scope, requires

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The answer that anybody may read."""

    status: Literal["healthy", "degraded"]
    version: str


class DependencyHealth(BaseModel):
    """How one part is."""

    status: Literal["healthy", "degraded", "unavailable", "idle"]
    latency_ms: float | None = None
    detail: str | None = None


class DetailedHealth(Health):
    """The parts by name."""

    uptime_seconds: float
    dependencies: dict[str, DependencyHealth]


@router.get("/api/health", operation_id="health")
@router.get("/health", include_in_schema=False)
async def health(app: App) -> Health:
    """Whether Cortex is up. Says nothing else and needs no token."""
    return Health(status="healthy" if app.health.is_healthy else "degraded", version=__version__)


@router.get("/api/health/detailed", operation_id="detailed_health")
@requires(Scope.read)
async def detailed_health(app: App) -> DetailedHealth:
    """Every part with its state, latency in milliseconds, and a sentence where something is to be said."""
    parts = await app.health.check()
    return DetailedHealth(
        status="healthy" if app.health.is_healthy else "degraded",
        version=__version__,
        uptime_seconds=round(time.monotonic() - app.started, 3),
        dependencies={
            name: DependencyHealth.model_validate(part, from_attributes=True) for name, part in parts.items()
        },
    )


@router.get("/metrics", operation_id="metrics", response_class=Response)
@requires(Scope.read)
async def metrics(app: App) -> Response:
    """Counters and timings in Prometheus' text format."""
    return Response(app.metrics.render(), headers={"Content-Type": CONTENT_TYPE})
