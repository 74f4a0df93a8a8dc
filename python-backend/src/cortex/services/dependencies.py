"""How the parts that Cortex stands on are: the disk, the queue, the embedded model."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from cortex.db.database import Database
from cortex.domain.job import QueueCounts
from cortex.providers.base import Embedder
from cortex.providers.gateway.gateway import Gateway
from cortex.providers.gateway.health import ModelHealth
from cortex.queue import jobs
from cortex.services.health import PartHealth

ROOM_WANTED = 500 * 1024 * 1024
"""Bytes below which the owner should free some room."""


async def disk_health(directory: Path) -> PartHealth:
    """How much room is left where the library lies."""
    free = (await asyncio.to_thread(shutil.disk_usage, directory)).free
    room = f"{free // 2**20} MB free"
    if free < ROOM_WANTED:
        return PartHealth("degraded", f"Only {room}. What is saved is safe; free some room before saving much more.")
    return PartHealth("healthy", f"{room}.")


async def queue_health(database: Database) -> PartHealth:
    """What waits to be processed, and whether anything is."""

    counts, paused = await database.read(lambda connection: (jobs.counts(connection), jobs.is_paused(connection)))
    if paused:
        return PartHealth("idle", f"Paused by the owner. {_in_words(counts)}")
    return PartHealth("healthy" if counts.pending or counts.processing else "idle", _in_words(counts))


async def models_health(gateway: Gateway) -> PartHealth:
    """Which language models are left alone after failures, and why; without any, answers are made of quotations."""
    models = await gateway.health()
    if not models:
        return PartHealth("idle", "No language model is chosen or there: answers are made of quotations.")
    told = "; ".join(f"{model.name} {_state_of(model)}" for model in models)
    if all(model.state == "closed" and model.error is None for model in models):
        return PartHealth("healthy", f"{told}.")
    return PartHealth("unavailable" if all(model.state == "open" for model in models) else "degraded", f"{told}.")


async def embedder_health(embedder: Embedder) -> PartHealth:
    """Which model makes vectors; without one, items are found by their words."""
    health = await embedder.health()
    if not health.available:
        return PartHealth("degraded", health.detail)
    return PartHealth("healthy" if health.loaded else "idle", health.detail)


def _state_of(model: ModelHealth) -> str:
    line = f", {model.waiting} waiting in line" if model.waiting else ""
    if model.state == "closed":
        return ("answers" if model.error is None else f"failed last time ({model.error.rstrip('.')})") + line
    tried = "is left alone for a moment" if model.state == "open" else "may be tried again"
    return f"{tried} after failures since {model.since} ({(model.error or 'no reason given').rstrip('.')}){line}"


def _in_words(counts: QueueCounts) -> str:
    return f"{counts.pending} waiting, {counts.processing} being processed, {counts.failed} failed."
