"""An embedder on a server is asked in batches, and again when it fails in passing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from cortex.domain.model_call import ModelCall
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.base import Embedder, Purpose
from cortex.providers.chat_model import ChatModel
from cortex.providers.fake import FakeEmbedder
from cortex.providers.gateway.embedding import CHARACTERS_AT_ONCE, TEXTS_AT_ONCE, batches
from cortex.providers.gateway.gateway import Gateway


class Failing(FakeEmbedder):
    """Raises these errors first, then embeds."""

    def __init__(self, *errors: Exception):
        super().__init__()
        self.errors = list(errors)
        self.asked: list[int] = []

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        self.asked.append(len(texts))
        if self.errors:
            raise self.errors.pop(0)
        return await super().embed(texts, purpose=purpose)


class Stage:
    def __init__(self, inner: Embedder):
        self.calls: list[ModelCall] = []
        self.slept: list[float] = []
        self.gateway = Gateway(self.nobody, book=self.calls.append, sleep=self.sleep, chance=lambda: 0.5)
        self.embedder = self.gateway.resilient(inner)

    async def nobody(self, _: str | None) -> list[ChatModel]:
        return []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


AWAY = AIProviderUnavailableError("Nobody there.")


async def test_vectors_come_in_the_order_of_the_texts() -> None:
    texts = [f"{'long ' * (number % 7)}text {number}" for number in range(100)]
    inner = Failing()
    stage = Stage(inner)
    vectors = await stage.embedder.embed(texts, purpose="document")
    np.testing.assert_array_equal(vectors, await FakeEmbedder().embed(texts, purpose="document"))
    assert inner.asked == [32, 32, 32, 4]
    assert [(call.purpose, call.outcome) for call in stage.calls] == [("embed", "ok")] * 4
    assert stage.calls[0].prompt_tokens > 0


async def test_no_texts_give_no_vectors() -> None:
    assert (await Stage(FakeEmbedder()).embedder.embed([], purpose="document")).shape == (0, 64)


def test_batches_are_bounded_by_number_and_length() -> None:
    lengths = [10] * 40 + [CHARACTERS_AT_ONCE] * 2 + [20_000] * 3
    found = list(batches(lengths))
    assert sorted(number for batch in found for number in batch) == list(range(45))
    assert all(len(batch) <= TEXTS_AT_ONCE for batch in found)
    assert all(len(batch) == 1 or sum(lengths[n] for n in batch) <= CHARACTERS_AT_ONCE for batch in found)
    assert [len(batch) for batch in found] == [32, 10, 1, 1, 1]


async def test_only_the_batch_that_failed_is_asked_again() -> None:
    inner = Failing(AWAY)
    stage = Stage(inner)
    await stage.embedder.embed(["text"] * 40, purpose="document")
    assert inner.asked == [32, 32, 8]
    assert stage.slept == [0.25]
    assert [call.outcome for call in stage.calls] == ["failed", "ok", "ok"]


async def test_a_search_does_not_wait_for_another_try() -> None:
    busy = Failing(AIProviderUnavailableError("Busy.", retry_after=5))
    with pytest.raises(AIProviderUnavailableError, match="Busy"):
        await Stage(busy).embedder.embed(["text"], purpose="query")
    assert busy.asked == [1]


async def test_a_server_that_stays_away_is_left_alone() -> None:
    inner = Failing(*[AWAY] * 9)
    stage = Stage(inner)
    for _ in range(2):
        with pytest.raises(AIProviderUnavailableError):
            await stage.embedder.embed(["text"], purpose="document")
    assert len(inner.asked) == 3
    with pytest.raises(AIProviderUnavailableError, match="left alone"):
        await stage.embedder.identify()


async def test_a_refusal_is_passed_on() -> None:
    with pytest.raises(AIProviderError, match="Too long"):
        await Stage(Failing(AIProviderError("Too long."))).embedder.embed(["text"], purpose="document")
