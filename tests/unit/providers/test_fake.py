"""The shipped fake is deterministic and puts texts that share words near each other."""

import numpy as np
import pytest

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.base import Embedder
from cortex.providers.fake import FakeEmbedder


async def test_vectors_are_unit_length_and_the_same_in_every_instance() -> None:
    texts = ["a cat sat", "", "…", "naïve café 😀"]
    first: Embedder = FakeEmbedder()
    vectors = await first.embed(texts, purpose="document")
    assert vectors.shape == (4, 64)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    again = await FakeEmbedder().embed(texts[::-1], purpose="query")
    np.testing.assert_array_equal(vectors, again[::-1])


async def test_shared_words_make_texts_near() -> None:
    question, near, far = await FakeEmbedder().embed(
        ["bake sourdough bread", "How to bake sourdough bread at home", "the stock market fell on Monday"],
        purpose="document",
    )
    assert question @ near > 0.5
    assert question @ far < 0.3


async def test_no_texts_give_no_vectors() -> None:
    assert (await FakeEmbedder().embed([], purpose="document")).shape == (0, 64)


def test_token_spans_are_code_points() -> None:
    assert FakeEmbedder().token_spans("😀 héllo!") == [(0, 1), (2, 7), (7, 8)]


async def test_it_can_be_away() -> None:
    embedder = FakeEmbedder(available=False)
    assert not (await embedder.health()).available
    with pytest.raises(AIProviderUnavailableError):
        await embedder.embed(["a"], purpose="query")
