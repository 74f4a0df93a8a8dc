"""What the gateway does when models are away, slow, busy or break off: on a clock that is set by hand."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.providers.gateway.staged import AWAY, QUESTION, Stage, Staged, settle

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatMessage,
    ChatRequest,
    TextDelta,
)
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Target


async def test_the_first_model_answers() -> None:
    stage = Stage(Staged(), Staged(model="second"))
    assert await stage.ask() == "one two three"
    assert [(call.model, call.outcome, call.prompt_tokens, call.completion_tokens) for call in stage.calls] == [
        ("script", "ok", 3, 3)
    ]
    assert stage.calls[0].first_part_milliseconds is not None
    assert not stage.calls[0].remote


async def test_a_hiccup_is_tried_again_after_a_pause() -> None:
    stage = Stage(Staged([AWAY], [AWAY]))
    assert await stage.ask() == "one two three"
    assert stage.slept == [0.5, 1.0]
    assert [notice.kind for notice in stage.notices] == ["retrying", "retrying"]
    assert "Nobody there." in stage.notices[0].sentence
    assert [call.outcome for call in stage.calls] == ["failed", "failed", "ok"]


async def test_a_busy_server_is_given_the_time_it_asks_for() -> None:
    stage = Stage(Staged([AIProviderUnavailableError("Busy.", retry_after=3, details={"status": 503})]))
    assert await stage.ask() == "one two three"
    assert stage.slept == [3.5]


async def test_with_a_fallback_nobody_waits_for_a_busy_server() -> None:
    stage = Stage(Staged([AIProviderUnavailableError("Busy.", retry_after=3)]), Staged(model="second"))
    assert await stage.ask() == "one two three"
    assert stage.slept == []
    assert [notice.kind for notice in stage.notices] == ["falling_back"]
    assert stage.notices[0].sentence == "Asking fake/second instead of fake/script. Busy."


async def test_a_refusal_is_not_repeated_but_the_next_model_is_asked() -> None:
    stage = Stage(Staged([AIProviderError("Cannot.")]), Staged(model="second"))
    assert await stage.ask() == "one two three"
    assert stage.slept == []
    assert [call.outcome for call in stage.calls] == ["refused", "ok"]


async def test_nothing_is_asked_again_after_something_was_shown() -> None:
    first, second = Staged([TextDelta("one"), AWAY]), Staged(model="second")
    stage = Stage(first, second)
    shown: list[object] = []

    async def read() -> None:
        async for part in stage.gateway.stream(lambda _: QUESTION, purpose="chat"):
            shown.append(part)  # noqa: PERF401 - what came before the break is looked at

    with pytest.raises(
        AIProviderUnavailableError, match=r"fake/script broke off\. What was written is kept; ask again"
    ):
        await read()
    assert shown[1:] == [TextDelta("one")]
    assert (first.calls, second.calls) == (1, 0)
    assert [call.outcome for call in stage.calls] == ["broken"]


@pytest.mark.parametrize("last", [AWAY, AIProviderError("The runner has died.")])
async def test_a_break_counts_and_the_next_question_goes_to_the_fallback(last: Exception) -> None:
    first, second = Staged([TextDelta("one"), last], [AWAY], [AWAY], [AWAY]), Staged(model="second")
    stage = Stage(first, second)
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    assert await stage.ask() == "one two three"
    assert first.calls == 3, "the third failure in a row opens the breaker, there is no fourth"
    assert [await stage.state(0), await stage.state(1)] == ["open", "closed"]
    assert stage.changes == ["fake/script"]
    assert await stage.ask() == "one two three"
    assert first.calls == 3, "it is left alone now"
    assert second.calls == 2
    stage.seconds += 30
    first.calls = 0
    assert await stage.ask() == "one two three"
    assert (first.calls, second.calls) == (1, 3), "one try, which failed"
    stage.seconds += 30
    assert await stage.ask() == "one two three"
    assert (first.calls, second.calls) == (2, 3), "and one that went well"
    assert await stage.state() == "closed"


async def test_an_answer_without_an_end_broke_off() -> None:
    with pytest.raises(AIProviderUnavailableError, match="ended before it was complete"):
        await Stage(Staged([TextDelta("one")])).ask()


async def test_work_that_nobody_watches_is_mended_when_it_breaks_off() -> None:
    stage = Stage(Staged([TextDelta("half "), AWAY]))
    assert await stage.work() == "one two three"
    stage = Stage(
        Staged([TextDelta("half "), AIProviderError("No.")], [AIProviderError("No.")]), Staged(model="second")
    )
    assert await stage.work() == "one two three"


async def test_closing_the_stream_stops_the_model_and_frees_its_place() -> None:
    never = asyncio.Event()
    model = Staged([TextDelta("one"), never], [TextDelta("one"), never])
    stage = Stage(model)
    streams = [stage.gateway.stream(lambda _: QUESTION, purpose="chat") for _ in range(2)]
    for stream in streams:
        assert isinstance(await anext(stream), Target)
    waiting = asyncio.create_task(stage.ask())
    await settle()
    assert stage.notices[0].kind == "queued"
    assert (await stage.gateway.health())[0].waiting == 1
    for stream in streams:
        await stream.aclose()
    assert await waiting == "one two three"
    assert model.closed == 3
    assert [call.outcome for call in stage.calls] == ["cancelled", "cancelled", "ok"]
    assert await stage.state() == "closed"


async def test_a_cancelled_question_frees_its_place() -> None:
    model = Staged([asyncio.Event()], [asyncio.Event()])
    stage = Stage(model)
    asking = [asyncio.create_task(stage.ask()) for _ in range(2)]
    await settle()
    assert model.calls == 2
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)
    assert await stage.ask() == "one two three"


async def test_200_questions_at_once_are_all_answered() -> None:
    model = FakeChatModel()
    stage = Stage(model)

    async def ask(number: int) -> str:
        return await stage.ask(build=lambda _: ChatRequest((ChatMessage("user", f"question {number} asked"),)))

    answers = await asyncio.gather(*(ask(number) for number in range(200)))
    assert answers == [f"question {number} asked" for number in range(200)]
    assert [request.messages[0].content for request in model.requests] == answers
    assert len(stage.calls) == 200
