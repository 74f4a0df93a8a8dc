"""The programs that serve models: loading models down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import ConfigDict, Field

from cortex.api.deps import App
from cortex.api.errors import responses
from cortex.api.schemas.base import Schema
from cortex.api.streaming import EVENT_STREAM, until_stopping
from cortex.exceptions import CortexError
from cortex.providers.ollama_answers import PullProgress
from cortex.security.scopes import Scope, requires

router = APIRouter(prefix="/api/providers", tags=["providers"])


class ModelToPull(Schema):
    """A model of Ollama's library, such as `llama3.2:3b`."""

    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]


class PullStep(Schema):
    """What a pull is at."""

    status: str
    progress: float | None
    """0–1, of the layer `digest`; null where Ollama does not say."""
    digest: str | None
    completed: int | None
    total: int | None


class PullDone(Schema):
    """The last event: the model is there."""

    done: Literal[True] = True


class PullFailed(Schema):
    """The last event: why it is not. What was loaded is kept."""

    error: str
    message: str


class MachineShown(Schema):
    """What there is for a model. Sizes in bytes."""

    memory: int
    memory_available: int
    cores: int
    gpu: str | None
    """Whose the graphics card is; null where there is none, or none was seen."""


class OllamaShown(Schema):
    """Whether models can be pulled now."""

    available: bool
    host: str
    error: str | None


class CandidateShown(Schema):
    """A model for this machine."""

    name: str
    size: int
    """Bytes to download, or on disk."""
    installed: bool
    uses_tools: bool
    strength: str
    fits: bool
    """Whether its memory is free now."""
    tokens_per_second: float | None
    """Of its last answers; null where there were none."""
    estimated_tokens_per_second: float | None


class RecommendationShown(Schema):
    """One model, why, and what else there is."""

    model: CandidateShown
    reason: str
    others: list[CandidateShown]


class RecommendationsShown(Schema):
    """For chat and for vectors."""

    machine: MachineShown
    ollama: OllamaShown
    chat: RecommendationShown
    embedding: RecommendationShown


_EVENTS = {
    "type": "string",
    "contentMediaType": "application/json",
    "contentSchema": {"anyOf": [model.model_json_schema() for model in (PullStep, PullDone, PullFailed)]},
}
_STEPS = {
    "description": "Steps as server-sent events, then `done` or `error`",
    "content": {EVENT_STREAM: {"itemSchema": {"type": "object", "properties": {"data": _EVENTS}}}},
}


# FastAPI would take a route whose response class is EventSourceResponse for a generator, which cannot fail properly.
@router.post(
    "/ollama/pull",
    operation_id="pull_ollama_model",
    response_class=StreamingResponse,
    responses={200: _STEPS, **responses(422, 502, 503)},
)
@requires(Scope.owner)
async def pull_ollama_model(chosen: ModelToPull, app: App) -> EventSourceResponse:
    """Let Ollama load a model down. Closing the connection stops it; pulling again goes on where it was."""
    steps = app.ollama.pull(chosen.model)
    first = await anext(steps)  # so that what fails at once is answered with its status
    return EventSourceResponse(_events(first, steps, app.stopping))


@router.get("/ollama/recommendations", operation_id="recommended_ollama_models")
@requires(Scope.read)
async def recommended_ollama_models(app: App) -> RecommendationsShown:
    """Which models suit this machine's memory and speed, with the reason; what is installed is preferred."""
    found = await app.intelligence.recommendation.recommend()
    return RecommendationsShown(
        machine=MachineShown.model_validate(found.machine, from_attributes=True),
        ollama=OllamaShown(available=found.ollama.available, host=found.ollama.host, error=found.ollama.error),
        chat=RecommendationShown.model_validate(found.chat, from_attributes=True),
        embedding=RecommendationShown.model_validate(found.embedding, from_attributes=True),
    )


async def _events(
    first: PullProgress, steps: AsyncGenerator[PullProgress, None], stopping: asyncio.Event
) -> AsyncIterator[bytes]:
    sentence = "Cortex is stopping. What was loaded is kept; pull again to go on."
    try:
        async with aclosing(until_stopping(_all_of(first, steps), stopping, sentence)) as every:
            async for step in every:
                yield _step(step)
        yield _event(PullDone())
    except CortexError as error:  # the answer has begun with 200: the error goes into the stream
        yield _event(PullFailed(error=error.code, message=error.message))


async def _all_of(first: PullProgress, rest: AsyncGenerator[PullProgress, None]) -> AsyncGenerator[PullProgress, None]:
    """The first step, taken already, and the others; closing this closes them."""
    async with aclosing(rest):
        yield first
        async for step in rest:
            yield step


def _step(step: PullProgress) -> bytes:
    progress = round(min(1.0, (step.completed or 0) / step.total), 4) if step.total else None
    return _event(
        PullStep(status=step.status, progress=progress, digest=step.digest, completed=step.completed, total=step.total)
    )


def _event(data: Schema) -> bytes:
    return format_sse_event(data_str=data.model_dump_json())
