"""Long documents are read in parts that fit, and a stop costs no more than the part in hand."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.workflows.processing_library import opened
from tests.workflows.written_items import (
    GatedModel,
    entities,
    until_written,
)

from cortex.providers.chat_model import ChatCapabilities, ChatRequest
from cortex.providers.fake_chat import FakeChatModel
from cortex.services.token_estimates import tokens_at_most

CHAPTERS = [f"pomelo{chr(97 + n)}x" for n in range(20)]


def book() -> str:
    return "\n\n".join(
        f"# On {word}\n\n" + " ".join(f"The {word} ripens late and keeps well in a cool cellar." for _ in range(12))
        for word in CHAPTERS
    )


def reading(request: ChatRequest) -> str:
    """Notes that name the chapters that a part holds; of notes, what they name."""
    asked = request.messages[-1].content
    seen = [word for word in CHAPTERS if word in asked]
    points = [f"The {word} ripens late." for word in seen]
    if "key_points" in str(request.schema):
        return json.dumps(
            {
                "summary_line": "On fruit that keeps",
                "summary": " ".join(points[:30]) or "It keeps well in a cool cellar.",
                "key_points": points[:5],
                "tags": [],
                "entities": [],
            }
        )
    return json.dumps({"points": points[:6], "entities": [{"name": word, "kind": "topic"} for word in seen[:12]]})


@pytest.mark.parametrize("room", [2048, 4096])
async def test_a_long_document_is_read_in_parts_that_fit(tmp_path: Path, room: int) -> None:
    model = FakeChatModel(reading, capabilities=ChatCapabilities(room, schema=True))
    async with opened(tmp_path, models=(model,)) as library, library.working():
        item_id = await library.save(book(), kind="text/markdown")
        assert (await library.until(item_id, "ready")).summary_by == "extractive", "it is ready before"
        await until_written(library, item_id)
        assert set(await entities(library, item_id)) == set(CHAPTERS), "every part was read"
        await library.until_no_jobs()
        assert await library.count("SELECT count(*) FROM written_parts") == 0
    for request in model.requests:
        assert sum(tokens_at_most(one.content) for one in request.messages) + (request.max_tokens or 0) <= room
    assert len(model.requests) > 4


async def test_a_kill_between_parts_goes_on_after_the_last_one(tmp_path: Path) -> None:
    class Stopping(GatedModel):
        """Says three things, and then waits at its gate."""

        async def stream(self, request: ChatRequest):  # type: ignore[no-untyped-def] # as the base has it
            if len(self.requests) == 3:
                self.gate.clear()
                self.stopped.set()
            async for part in super().stream(request):
                yield part

    capabilities = ChatCapabilities(2048, schema=True)
    model = Stopping(reading, capabilities=capabilities)
    model.gate.set()
    async with opened(tmp_path, models=(model,)) as first:
        item_id = await first.save(book(), kind="text/markdown")
        async with first.working(), asyncio.timeout(30):
            await model.stopped.wait()
        assert await first.count("SELECT count(*) FROM written_parts") == 3
    again = FakeChatModel(reading, capabilities=capabilities)
    async with opened(tmp_path, models=(again,)) as second, second.working():
        await until_written(second, item_id)
        assert set(await entities(second, item_id)) == set(CHAPTERS)
    read_before = [one.messages[-1].content.split(":")[0] for one in model.requests]
    read_after = [one.messages[-1].content.split(":")[0] for one in again.requests]
    assert not set(read_before) & set(read_after)


async def test_new_captures_go_before_the_rest_of_a_book(tmp_path: Path) -> None:
    model = GatedModel(reading, capabilities=ChatCapabilities(2048, schema=True))
    async with opened(tmp_path, models=(model,)) as library, library.working():
        long = await library.save(book(), kind="text/markdown")
        await library.until(long, "ready")
        await model.asked.wait()
        short = await library.save("Leeks tolerate heavy clay.", kind="text/plain")
        await library.until(short, "ready")
        model.gate.set()
        await until_written(library, long)
        await library.until_no_jobs()
