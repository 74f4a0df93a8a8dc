"""What the gateway keeps on this machine, keeps in mind, and says when nobody can answer."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.providers.gateway.staged import AWAY, QUESTION, Stage, Staged, settle

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatRequest,
    Finished,
    TextDelta,
    TokenUsage,
)
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Gateway, Target


async def test_nothing_of_local_only_goes_elsewhere() -> None:
    cloud = Staged(is_local=False, model="cloud")
    stage = Stage(Staged([AWAY], [AWAY], [AWAY]), cloud)
    with pytest.raises(AIProviderUnavailableError, match="must not leave this machine"):
        await stage.ask(local_only=True)
    assert cloud.calls == 0
    assert (await stage.gateway.target()) is not None
    assert await stage.gateway.target(local_only=True) is None, "the local one is left alone now"


async def test_a_request_that_is_not_for_a_target_goes_to_the_next() -> None:
    first, second = Staged(), Staged(model="second")

    def build(target: Target) -> ChatRequest | None:
        return QUESTION if target.identity.model == "second" else None

    stage = Stage(first, second)
    assert await stage.ask(build=build) == "one two three"
    assert (first.calls, second.calls) == (0, 1)
    assert stage.notices == []


async def test_all_away_is_said_in_one_sentence_with_each_reason() -> None:
    stage = Stage(Staged(*[[AWAY]] * 3), Staged([AIProviderError("Its key is wrong.")], model="cloud", is_local=False))
    with pytest.raises(AIProviderUnavailableError) as away:
        await stage.ask()
    assert away.value.message == ("No model can answer now. fake/script: Nobody there. fake/cloud: Its key is wrong.")
    with pytest.raises(AIProviderUnavailableError, match="No language model is set up"):
        await Stage().ask()


async def test_while_all_are_left_alone_the_answer_is_at_once_and_says_when() -> None:
    model = Staged(*[[AWAY]] * 3)
    stage = Stage(model)
    for _ in range(2):
        with pytest.raises(AIProviderUnavailableError) as away:
            await stage.ask()
    assert model.calls == 3
    assert "left alone" in away.value.message
    assert away.value.retry_after == pytest.approx(10)


async def test_what_comes_out_the_same_is_not_asked_twice() -> None:
    model = FakeChatModel(is_local=False)
    stage = Stage(model)
    assert await stage.work() == await stage.work() == "one two three"
    assert len(model.requests) == 1
    assert [(call.cached, call.remote, call.prompt_tokens) for call in stage.calls] == [
        (False, True, 3),
        (True, False, 0),
    ]
    await stage.ask()
    assert len(model.requests) == 2, "somebody who asks again wants another answer"


async def test_an_answer_elsewhere_that_broke_off_may_have_cost_something() -> None:
    for is_local, known in ((True, True), (False, False)):
        stage = Stage(Staged([TextDelta("one"), AWAY], is_local=is_local))
        with pytest.raises(AIProviderUnavailableError):
            await stage.ask()
        assert [call.is_cost_known for call in stage.calls] == [known]


async def test_an_answer_that_was_cut_is_not_kept() -> None:
    model = Staged([TextDelta("cut"), Finished("length", TokenUsage(1, 1))])
    stage = Stage(model)
    assert await stage.work() == "cut"
    assert await stage.work() == "one two three"


async def test_a_test_asks_even_a_model_that_is_left_alone() -> None:
    model = Staged(*[[AWAY]] * 3)
    stage = Stage(model)
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    completion = await stage.gateway.complete(lambda _: QUESTION, purpose="test", patience="interactive")
    assert completion.text == "one two three"
    assert await stage.state() == "closed"


async def test_a_model_that_comes_back_is_noticed_while_it_is_used() -> None:
    model = Staged(*[[AWAY]] * 3)
    stage = Stage(model)
    rounds: asyncio.Queue[None] = asyncio.Queue()
    ended: asyncio.Queue[None] = asyncio.Queue()

    async def next_round(_: float) -> None:
        ended.put_nowait(None)
        await rounds.get()

    stage.gateway = Gateway(
        stage.chain, now=lambda: stage.seconds, sleep=stage.sleep, watch_sleep=next_round,
        on_change=lambda model: stage.changes.append(model.name),
    )  # fmt: skip
    model.available = False
    with pytest.raises(AIProviderUnavailableError):
        await stage.ask()
    assert stage.changes == ["fake/script"]
    await ended.get()
    rounds.put_nowait(None)
    await ended.get()
    assert stage.changes == ["fake/script"] * 2
    assert (await stage.gateway.health())[0].error == "switched off"
    model.available, model._plays = True, []
    rounds.put_nowait(None)
    await ended.get()
    assert await stage.state() == "half-open", "it may be tried at once"
    assert await stage.ask() == "one two three"
    stage.seconds += 1000
    rounds.put_nowait(None)
    await settle()
    assert ended.empty(), "nobody uses it: it is left in peace"
    await stage.gateway.aclose()
