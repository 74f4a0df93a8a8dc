"""A deterministic embedder without a model, for tests and demonstrations: texts that share words are near."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.base import EmbeddingModel, ModelIdentity, ProviderHealth, Purpose

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

TOKEN = re.compile(r"\w+|[^\w\s]")


class FakeEmbedder:
    """A bag of words: each word has a fixed vector of ±1 from its hash, a text the normalised sum.

    Set `available` to False to see what happens when the model is away.
    """

    model = EmbeddingModel("fake", "bag-of-words", "fake-1", dimension=64, max_tokens=256)

    def __init__(self, *, available: bool = True) -> None:
        self.available = available

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity(self.model.provider, self.model.model, is_local=True, place="this process")

    async def identify(self) -> EmbeddingModel:
        return self.model

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        import numpy as np

        if not self.available:
            raise AIProviderUnavailableError
        vectors = np.zeros((len(texts), self.model.dimension), dtype=np.float32)
        for index, text in enumerate(texts):
            for word in TOKEN.findall(text.casefold())[: self.model.max_tokens - 2]:
                digest = np.frombuffer(
                    hashlib.blake2b(word.encode(errors="replace"), digest_size=8).digest(), dtype=np.uint8
                )
                vectors[index] += np.unpackbits(digest).astype(np.float32) * 2 - 1
            if not vectors[index].any():  # a text without words
                vectors[index, 0] = 1
            vectors[index] /= np.linalg.norm(vectors[index])
        return vectors

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in TOKEN.finditer(text)]

    async def health(self) -> ProviderHealth:
        return ProviderHealth(self.available, "fake embedder" if self.available else "switched off", self.available)

    async def aclose(self) -> None:
        """Holds nothing."""
