"""A text, what a model says about it, and a model that waits at a gate."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.workflows.processing_library import Library

from cortex.db.repositories import items as item_rows
from cortex.db.repositories import written
from cortex.providers.chat_model import ChatRequest
from cortex.providers.fake_chat import FakeChatModel

LEEKS = """Leeks tolerate heavy clay better than carrots do, provided the bed drains before winter. The trench method
keeps the stems white without much earthing up. Ada Moreland of the Clay Growers Society planted 120 leeks in raised
rows near Norwich in 1994, and only 7 of them rotted. Feed the bed with compost in autumn, and avoid digging while the
clay is wet, because wet clay compacts."""
ABOUT_LEEKS = {
    "summary_line": "How to grow leeks in heavy clay",
    "summary": "Leeks cope with heavy clay when the bed drains. Of 120 that Ada Moreland planted, 7 rotted.",
    "key_points": ["Raised rows drain before winter.", "In 1888 nobody grew leeks."],
    "tags": ["vegetable gardens", "leeks"],
    "entities": [
        {"name": "Ada Moreland", "kind": "person"},
        {"name": "Clay Growers Society", "kind": "organisation"},
        {"name": "Norwich", "kind": "place"},
        {"name": "Atlantis", "kind": "place"},
        {"name": "heavy clay", "kind": "topic"},
    ],
}


def says(answer: object = ABOUT_LEEKS) -> Callable[[ChatRequest], str]:
    return lambda request: json.dumps(answer)


def named(model: FakeChatModel) -> str:
    return model.identity.name


async def entities(library: Library, item_id: str) -> dict[str, tuple[str, int]]:
    number = await library.database.read(lambda raw: item_rows.number_of(raw, item_id))
    found = await library.database.read(lambda raw: written.entities_of(raw, number))
    return {one.name: (one.kind, one.occurrences) for one in found}


async def until_written(library: Library, item_id: str) -> None:
    await library.when(item_id, lambda item: item.summary_by not in (None, "extractive"))


async def waiting_to_be_written(library: Library) -> int:
    return (await library.status.view()).writing


class GatedModel(FakeChatModel):
    """Waits at a gate before it says anything."""

    def __init__(self, *options: Any, **named: Any) -> None:
        super().__init__(*options, **named)
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()
        self.stopped = asyncio.Event()

    async def stream(self, request: ChatRequest):  # type: ignore[no-untyped-def] # as the base has it
        self.asked.set()
        await self.gate.wait()
        async for part in super().stream(request):
            yield part
