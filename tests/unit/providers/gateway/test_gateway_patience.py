"""How long the gateway waits for a model, and for which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from tests.unit.providers.gateway.staged import QUESTION, Stage, Staged, patience, settle

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatRequest,
    Finished,
    TextDelta,
)
from cortex.providers.gateway.deadlines import Deadlines
from cortex.providers.gateway.gateway import Target


async def test_a_model_that_says_nothing_is_asked_once_more_at_most() -> None:
    never = asyncio.Event()
    model = Staged([never], [never], [never])
    stage = Stage(model, deadlines=patience())
    with pytest.raises(AIProviderUnavailableError, match=r"gave nothing within"):
        await stage.ask()
    assert model.calls == model.closed == 2
    assert [call.outcome for call in stage.calls] == ["timeout", "timeout"]
    assert "gave nothing within" in stage.notices[-1].sentence
    assert await stage.state() == "open"


async def test_a_slow_machine_does_not_work_twice_on_the_same_long_request() -> None:
    model = Staged([asyncio.Event()])
    stage = Stage(model, deadlines=Deadlines(first_part=0.01, idle=0.01, may_repeat_long=False))
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    assert model.calls == 1


async def test_a_slow_model_gives_way_to_one_that_takes_the_question() -> None:
    first, second = Staged([asyncio.Event()]), Staged(model="second")
    stage = Stage(first, second, deadlines=Deadlines(first_part=60, idle=60, may_repeat_long=True, give_way=0.01))
    assert await stage.ask() == "one two three"
    assert (first.calls, first.closed, second.calls) == (1, 1, 1)
    assert "gave nothing within" in stage.notices[-1].sentence


async def test_a_slow_model_keeps_its_time_where_no_other_one_takes_the_question() -> None:
    begin, asked = asyncio.Event(), asyncio.Event()
    first = Staged([begin, TextDelta("slow but here"), Finished("stop")])
    away, elsewhere = Staged(model="away"), Staged(model="elsewhere")
    away.available = False

    def build(target: Target) -> ChatRequest | None:
        if target.identity.model == "elsewhere":
            asked.set()
            return None
        return QUESTION

    stage = Stage(
        first, away, elsewhere, deadlines=Deadlines(first_part=60, idle=60, may_repeat_long=True, give_way=0.01)
    )
    answer = asyncio.create_task(stage.ask(build=build))
    await asked.wait()
    await settle()
    begin.set()
    assert await answer == "slow but here"
    assert elsewhere.calls == 0


async def test_a_busy_model_is_waited_for_where_no_other_one_takes_the_question() -> None:
    busy = AIProviderUnavailableError("Busy.", retry_after=5)
    first, second = Staged([busy]), Staged(model="second")
    stage = Stage(first, second)
    build: Callable[[Target], ChatRequest | None] = lambda target: (  # noqa: E731 - shorter than a function
        None if target.identity.model == "second" else QUESTION
    )
    assert await stage.ask(build=build) == "one two three"
    assert stage.slept == [5.5]


async def test_time_spent_in_line_is_not_spent_twice() -> None:
    never = asyncio.Event()
    model = Staged([TextDelta("one"), never], [TextDelta("one"), never])
    stage = Stage(model, deadlines=patience())
    streams = [stage.gateway.stream(lambda _: QUESTION, purpose="chat") for _ in range(2)]
    for stream in streams:
        await anext(stream)
        await anext(stream)
    with pytest.raises(AIProviderUnavailableError, match="busy with other work"):
        await stage.ask()
    assert [notice.kind for notice in stage.notices] == ["queued"]
    assert await stage.state() == "closed", "being busy is no failure"
    for stream in streams:
        await stream.aclose()


async def test_a_model_that_falls_silent_is_stopped() -> None:
    model = Staged([TextDelta("one"), asyncio.Event()])
    stage = Stage(model, deadlines=patience())
    with pytest.raises(AIProviderUnavailableError, match="fell silent"):
        await stage.ask()
    assert model.closed == 1
    assert [call.outcome for call in stage.calls] == ["timeout"]
