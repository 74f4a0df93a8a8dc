"""What Cortex asks of a model, whoever serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Purpose = Literal["document", "query"]
"""Some models embed questions otherwise than what they search in."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """Identifies an embedding space: vectors are comparable only when all of this is equal."""

    provider: str
    model: str
    fingerprint: str
    """Changes with everything that changes the numbers: recipe, quantisation, server version, digest."""
    dimension: int
    max_tokens: int
    """What the model reads of a text, its own special tokens included; the rest is ignored."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model is asked, and where."""

    provider: str
    """`embedded`, `ollama`, `openai`, `anthropic`, `gemini`, `openrouter`, `mistral`, `compatible`, `fake`."""
    model: str
    is_local: bool
    """Whether what it is asked stays on this machine (security.md)."""
    place: str
    """Host and port, or the service's host: what the owner consents to and the ledger names."""

    @property
    def name(self) -> str:
        """`provider/model`, as `summary_by` and usage show it."""
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True)
class ProviderHealth:
    """Whether a provider could serve now, and why or how, in words for the owner."""

    available: bool
    detail: str
    loaded: bool = False
    """Whether a model is in memory already; if not, the first use takes longer."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def identity(self) -> ModelIdentity:
        """Known without asking anybody."""
        ...

    async def identify(self) -> EmbeddingModel:
        """The space that vectors belong to, task prefixes included. May ask a server; cheap when asked again.

        Raises AIProviderUnavailableError when that cannot be known now, AIProviderError when the model is missing
        or cannot embed.
        """
        ...

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        """Unit vectors as an array of (len(texts), dimension); each independent of the other texts.

        Raises AIProviderUnavailableError when nothing can embed now, AIProviderError when the model fails.
        """
        ...

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end, in code points, of each token of the whole text, without special tokens.

        Of another tokenizer than the model's where that is out of reach: a careful estimate.
        Raises AIProviderUnavailableError.
        """
        ...

    async def health(self) -> ProviderHealth:
        """Never raises, never loads a model."""
        ...

    async def aclose(self) -> None:
        """Free what is held. A later call loads again."""
        ...
