"""Vectors: what is embedded of a passage, how it is stored, and the vector of a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cortex.db.database import Database
from cortex.db.repositories import embedding_spaces
from cortex.db.repositories.embedding_spaces import EmbeddingSpace, SpaceIdentity
from cortex.providers.base import Embedder, EmbeddingModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SPECIAL_TOKENS = 2
PREFIX_TOKENS = 32
"""Room for the title and the nearest heading, which are embedded in front of every passage."""
_SMALLEST_PASSAGE = 16
_CALIBRATION = (
    "The ferry to the island leaves at nine and returns before dark.",
    "How do I undo the last commit without losing my changes?",
    "Interest rates rose by a quarter of a point, the central bank announced.",
    "def read(path): return open(path).read()",
    "Add the flour, knead for ten minutes and let the dough rest overnight.",
    "The protein binds to the receptor and inhibits its activity in mice.",
    "A treaty signed in 1648 ended thirty years of war.",
    "SELECT name FROM users WHERE age > 30 ORDER BY name;",
    "Her novels describe village life with irony and affection.",
    "Black holes emit radiation because of quantum effects near the horizon.",
    "Error: connection refused by host",
    "Regular exercise lowers blood pressure in most adults.",
    "The court ruled that the contract was void.",
    "Tokio ist die Hauptstadt Japans.",
    "Install the package, then restart the service.",
    "Bees communicate the direction of flowers by dancing.",
)


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A question in the space that search reads."""

    space: EmbeddingSpace
    vector: npt.NDArray[np.float32]
    """A unit vector, (dimension,)."""
    packed: bytes
    """The same as int8."""


class EmbeddingService:
    """Embeds texts and questions with the chosen embedder."""

    def __init__(self, database: Database, embedder: Embedder):
        self._database = database
        self.embedder = embedder
        self._active: EmbeddingSpace | None = None
        self.vectors_version = 0
        """Grows whenever vectors were stored: what was copied from the tables before lacks them."""

    async def embed_texts(self, texts: Sequence[str]) -> tuple[EmbeddingModel, list[list[float]]]:
        """Unit vectors of any texts. Raises AIProviderUnavailableError or AIProviderError."""
        vectors = await self.embedder.embed(texts, purpose="document")
        return await self.embedder.identify(), vectors.tolist()

    async def passage_room(self) -> int:
        """How many tokens a passage may have so that the model reads all of it behind its title.

        Raises AIProviderUnavailableError.
        """
        model = await self.embedder.identify()
        return max(_SMALLEST_PASSAGE, model.max_tokens - SPECIAL_TOKENS - PREFIX_TOKENS)

    async def searchable_space(self) -> EmbeddingSpace | None:
        """The active space, if it is this embedder's; None while there is none or another one is being built."""
        if self._active is None:
            self._active = await self._database.read(embedding_spaces.active)
        return self._active

    def forget_space(self) -> None:
        """Read again which space is active: it was made or swapped."""
        self._active = None

    async def query_vector(self, texts: Sequence[str]) -> QueryVector | None:
        """The mean vector of the texts (usually one); None when nothing stored can be compared with it.

        Raises AIProviderUnavailableError or AIProviderError.
        """
        import numpy as np

        space = await self.searchable_space()
        if space is None:
            return None
        vectors = await self.embedder.embed(texts, purpose="query")
        if identity_of(await self.embedder.identify()) != space.identity:
            self.forget_space()
            return None
        return self.as_query(space, np.mean(vectors, axis=0))

    def as_query(self, space: EmbeddingSpace, vector: npt.NDArray[np.float32]) -> QueryVector:
        """A vector of this space as a question to it."""
        unit = vector / (float((vector @ vector) ** 0.5) or 1.0)
        return QueryVector(space, unit, pack(unit[None, :], space.scale)[0])

    async def calibration_vectors(self) -> npt.NDArray[np.float32]:
        """Vectors of varied sentences, to measure how far components reach before a space is made."""
        return await self.embedder.embed(_CALIBRATION, purpose="document")


def identity_of(model: EmbeddingModel) -> SpaceIdentity:
    """The part of a model's description that keeps its vectors apart from others'."""
    return SpaceIdentity(model.provider, model.model, model.fingerprint, model.dimension)


def scale_for(vectors: npt.NDArray[np.float32]) -> float:
    """The int8 scale for vectors like these: 127 over the 99.99th percentile of absolute components."""
    import numpy as np

    return 127.0 / max(float(np.quantile(np.abs(vectors), 0.9999)), 1e-6)


def pack(vectors: npt.NDArray[np.float32], scale: float) -> list[bytes]:
    """Rows as int8."""
    import numpy as np

    rounded = np.clip(np.rint(vectors * scale), -127, 127).astype(np.int8)
    return [row.tobytes() for row in rounded]


def unpack(stored: Sequence[bytes]) -> npt.NDArray[np.float32]:
    """Stored int8 rows as unit vectors, (n, dimension)."""
    import numpy as np

    rows = np.frombuffer(b"".join(stored), dtype=np.int8).reshape(len(stored), -1).astype(np.float32)
    norms: npt.NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    rows /= np.maximum(norms, 1e-6)[:, None]
    return rows


def embedding_text(title: str, heading: str, text: str, token_spans: Callable[[str], list[tuple[int, int]]]) -> str:
    """What is embedded for a passage: its title and nearest heading, cut to their room, then its text."""
    prefix = title.strip()
    if heading and heading != prefix:
        prefix = f"{prefix}: {heading}" if prefix else heading
    beginning = " ".join(text[: len(prefix) + 20].split()).casefold()
    if not prefix or beginning.startswith(" ".join(prefix.split()).casefold()):
        return text
    prefix = prefix[:2000]
    spans = token_spans(prefix)
    if len(spans) >= PREFIX_TOKENS:
        prefix = prefix[: spans[PREFIX_TOKENS - 2][1]]
    return f"{prefix}\n{text}"
