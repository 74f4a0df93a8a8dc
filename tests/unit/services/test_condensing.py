"""Follow-ups that a model makes stand alone: in time, while it loads, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from cortex.providers.base import ProviderHealth
from cortex.providers.chat_model import ChatPart, ChatRequest, Finished, TextDelta
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Gateway
from cortex.providers.gateway.notices import Notice
from cortex.services.chat_history import EarlierTurn, History
from cortex.services.condensing import Condenser

HISTORY = History((EarlierTurn("Who built the lighthouse?", "Ada Moreland.", 1, "msg_2"),))
FOLLOW_UP = "And when was it?"


class Slow(FakeChatModel):
    """Begins only when it is let go; it is being loaded until then, or not."""

    def __init__(self, *, loading: bool):
        super().__init__()
        self.go_on = asyncio.Event()
        self._loading = loading
        self.asked = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatPart, None]:
        self.asked += 1
        await self.go_on.wait()
        yield TextDelta("When was the lighthouse built?")
        yield Finished("stop")

    async def health(self) -> ProviderHealth:
        return ProviderHealth(True, "slow", not self._loading)


def gateway_of(model: FakeChatModel) -> Gateway:
    async def chain(_: str | None) -> Sequence[FakeChatModel]:
        return [model]

    return Gateway(chain)


async def test_a_model_in_time() -> None:
    condenser = Condenser(gateway_of(FakeChatModel(lambda _: ' "When was the lighthouse\n built?" ')))
    condensed = await condenser(FOLLOW_UP, HISTORY)
    assert condensed is not None
    assert condensed.question == "When was the lighthouse built?"
    assert condensed.usage.total_tokens > 0


async def test_what_is_made_of_what_stays_here_is_searched_for_here() -> None:
    condenser = Condenser(gateway_of(FakeChatModel(lambda _: "When was the lighthouse built?")))
    secret = replace(HISTORY.turns[0], local_only=True)
    for history, stays_here in ((HISTORY, False), (History((secret,)), True)):
        condensed = await condenser(FOLLOW_UP, history)
        assert condensed is not None
        assert condensed.stays_here is stays_here


@pytest.mark.parametrize("said", ["", "word " * 200])
async def test_what_is_no_question_is_not_taken(said: str) -> None:
    assert await Condenser(gateway_of(FakeChatModel(lambda _: said)))(FOLLOW_UP, HISTORY) is None


async def test_a_slow_model_is_left_alone_for_a_while() -> None:
    model, clock = Slow(loading=False), [0.0]
    condenser = Condenser(gateway_of(model), seconds=0.05, now=lambda: clock[0])
    assert await condenser(FOLLOW_UP, HISTORY) is None
    assert await condenser(FOLLOW_UP, HISTORY) is None
    assert model.asked == 1
    clock[0] = 3600.0
    model.go_on.set()
    assert await condenser(FOLLOW_UP, HISTORY) is not None


async def test_loading_does_not_count() -> None:
    model = Slow(loading=True)
    told: list[str] = []

    def tell(notice: Notice) -> None:
        told.append(notice.kind)
        asyncio.get_running_loop().call_later(1.0, model.go_on.set)

    condensed = await Condenser(gateway_of(model), seconds=1.5)(FOLLOW_UP, HISTORY, tell=tell)
    assert told == ["loading"]
    assert condensed is not None


async def test_nothing_is_asked_without_need() -> None:
    model = FakeChatModel()
    condenser = Condenser(gateway_of(model))
    assert await condenser(FOLLOW_UP, History()) is None
    assert await condenser("How long does a rye sourdough rest before baking?", HISTORY) is None
    assert model.requests == []
