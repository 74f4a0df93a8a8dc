"""Is Cortex up, and how are its parts?"""

from __future__ import annotations

import time
from typing import Literal

from fastapi import APIRouter, Response

from cortex import __version__
from cortex.api.deps import App
from cortex.api.schemas.base import Schema
from cortex.observability.metrics import CONTENT_TYPE
from cortex.security.scopes import Scope, requires

router = APIRouter(tags=["health"])


class Health(Schema):
    """The answer that anybody may read."""

    status: Literal["healthy", "degraded"]
    version: str


class DependencyHealth(Schema):
    """How one part is."""

    status: Literal["healthy", "degraded", "unavailable", "idle"]
    latency_ms: float | None = None
    detail: str | None = None


class DetailedHealth(Health):
    """The parts by name."""

    uptime_seconds: float
    dependencies: dict[str, DependencyHealth]


class OllamaModel(Schema):
    """An installed model."""

    name: str
    size: int
    """Bytes on disk."""
    digest: str
    modified_at: str
    family: str
    parameter_size: str
    quantization: str
    capabilities: list[str] | None
    """`completion`, `tools`, `thinking`, `vision`, `embedding`…, as the model says itself; null where it does not."""
    context_length: int | None
    """Tokens."""
    loaded: bool
    """Whether it is in memory now."""
    local: bool
    """Whether what it is asked stays on this machine."""


class OllamaHealth(Schema):
    """What there is at the address that the settings name."""

    available: bool
    host: str
    local: bool | None
    """Whether it is on this machine; null when the address is none."""
    version: str | None
    models: list[str]
    """Names of the installed models; `installed` has them with their details."""
    installed: list[OllamaModel]
    missing_models: list[str]
    """Chosen in the settings, but not installed."""
    error: str | None


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


@router.get("/api/health/ollama", operation_id="ollama_health")
@requires(Scope.read)
async def ollama_health(app: App) -> OllamaHealth:
    """Whether the Ollama that the settings name answers, and what it has. Its being away is an answer, not an error."""
    status = await app.ollama.status(with_abilities=True)
    models = [
        OllamaModel(
            name=model.name,
            size=model.size,
            digest=model.digest,
            modified_at=model.modified_at,
            family=model.family,
            parameter_size=model.parameter_size,
            quantization=model.quantization,
            capabilities=list(abilities.capabilities) if abilities else None,
            context_length=abilities.context_length if abilities else None,
            loaded=model.name in status.running,
            local=bool(status.is_local) and not model.is_cloud_proxy,
        )
        for model, abilities in zip(status.models, status.abilities, strict=True)
    ]
    return OllamaHealth(
        available=status.available,
        host=status.host,
        local=status.is_local,
        version=status.version,
        models=[model.name for model in models],
        installed=models,
        missing_models=list(status.missing_models),
        error=status.error,
    )


@router.get("/metrics", operation_id="metrics", response_class=Response)
@requires(Scope.read)
async def metrics(app: App) -> Response:
    """Counters and timings in Prometheus' text format."""
    return Response(app.metrics.render(), headers={"Content-Type": CONTENT_TYPE})
