"""Vectors from an Ollama."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cortex.exceptions import AIModelMissingError, AIProviderError, AIProviderUnavailableError
from cortex.providers.base import EmbeddingModel, ModelIdentity, ProviderHealth, Purpose
from cortex.providers.embedding_recipes import recipe_for
from cortex.providers.ollama import OllamaServer
from cortex.providers.ollama_answers import InstalledModel, is_cloud_proxy, same_model

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BATCH = 32
CLOUD = "ollama.com"
_SECONDS: dict[Purpose, float] = {"document": 300.0, "query": 60.0}
"""For one request; a cold model may take most of it to load."""
_KNOWN_FOR_SECONDS = 20.0
"""So long a server is not asked again whether its version or the model changed."""
_UNKNOWN_CONTEXT = 512
_TOKEN = re.compile(r"[^\W_]{1,3}|[^\w\s]|_")
"""Rather too many than too few: words of Latin scripts have about four letters a token, others fewer."""


@dataclass(frozen=True, slots=True)
class _Known:
    version: str
    digest: str
    model: EmbeddingModel
    at: float


class OllamaEmbedder:
    """One embedding model of one Ollama. `keep_alive` as Ollama takes it: `5m`, `0`, `-1`.

    Whether the model really runs where the server is (`identity.is_local`) is known after the first `identify`; a
    model that turns out to run elsewhere after that is not asked any more.
    """

    def __init__(
        self,
        server: OllamaServer,
        model: InstalledModel | str,
        *,
        keep_alive: str = "5m",
        clock: Callable[[], float] = time.monotonic,
    ):
        self._server = server
        self._name = model if isinstance(model, str) else model.name
        self._proxied_to: str | None = None
        self._note_proxy(self._name, None if isinstance(model, str) else model.remote_host)
        self._recipe = recipe_for(self._name)
        self._keep_alive: str | int = int(keep_alive) if keep_alive.lstrip("-").isdecimal() else keep_alive
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: _Known | None = None
        self._is_settled = False

    @property
    def identity(self) -> ModelIdentity:
        """The place is Ollama's cloud where this Ollama only passes texts on."""
        address = self._server.address
        if self._proxied_to is not None:
            return ModelIdentity("ollama", self._name, is_local=False, place=self._proxied_to)
        return ModelIdentity("ollama", self._name, is_local=address.is_local, place=address.place)

    async def identify(self) -> EmbeddingModel:
        """The space. The server's version and the model's digest are asked for again after a while.

        Raises AIProviderUnavailableError, AIModelMissingError, and AIProviderError for a model that cannot embed.
        """
        async with self._asking:
            known = self._known
            if known is not None and self._clock() - known.at < _KNOWN_FOR_SECONDS:
                return known.model
            self._known = None
            version, installed = await asyncio.gather(self._server.version(), self._installed())
            if known is None or (known.version, known.digest) != (version, installed.digest):
                model = await self._asked(version, installed)
            else:
                model = known.model
            self._known = _Known(version, installed.digest, model, self._clock())
            return model

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        """Unit vectors, (len(texts), dimension), up to 32 texts a request."""
        import numpy as np

        model = await self.identify()
        rows: list[list[float]] = []
        prepared = [_cut(self._recipe.apply(text, purpose), model.max_tokens) for text in texts]
        try:
            for start in range(0, len(prepared), BATCH):
                batch = prepared[start : start + BATCH]
                found = await self._request(batch, _SECONDS[purpose])
                if len(found) != len(batch) or any(len(row) != model.dimension for row in found):
                    raise AIProviderError(f"Ollama gave other vectors for {self._name} than were asked for.")
                rows += found
        except (AIProviderError, AIProviderUnavailableError):
            self._known = None  # it may have been updated or deleted
            raise
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), model.dimension)
        return _unit(vectors, self._name)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """An estimate: Ollama does not give its tokenizers away."""
        return [match.span() for match in _TOKEN.finditer(text)]

    async def health(self) -> ProviderHealth:
        """Whether the server answers, has the model, and has it in memory."""
        try:
            installed, running = await asyncio.gather(self._installed(), self._server.running())
        except (AIProviderError, AIProviderUnavailableError) as error:
            return ProviderHealth(False, error.message)
        loaded = any(same_model(self._name, name) for name in running)
        return ProviderHealth(True, f"{installed.name} on Ollama at {self._server.address.url}", loaded)

    async def aclose(self) -> None:
        """The server's connections are whoever opened it's."""
        self._known = None

    async def _installed(self) -> InstalledModel:
        for model in await self._server.models():
            if same_model(self._name, model.name):
                if self._is_settled and self._proxied_to is None and model.is_cloud_proxy:
                    raise AIProviderError(
                        f"The model {self._name} does not run here any more, but elsewhere. Nothing was sent; "
                        "choose it again in the settings if it is to be asked there."
                    )
                self._note_proxy(model.name, model.remote_host)
                self._is_settled = True
                return model
        raise AIModelMissingError(
            f"Ollama at {self._server.address.url} has no model {self._name}. Load it down "
            f"(`ollama pull {self._name}`), or choose another."
        )

    def _note_proxy(self, name: str, remote_host: str | None) -> None:
        if is_cloud_proxy(name, remote_host):
            self._proxied_to = (urlsplit(remote_host).hostname if remote_host else None) or CLOUD

    async def _request(self, texts: list[str], seconds: float) -> list[list[float]]:
        return await self._server.embed(
            self._name, texts, keep_alive=self._keep_alive, seconds=seconds, proxied_to=self._proxied_to
        )

    async def _asked(self, version: str, installed: InstalledModel) -> EmbeddingModel:
        abilities = await self._server.show(self._name)
        if "embedding" not in abilities.capabilities:
            raise AIProviderError(f"{self._name} is no embedding model. Choose one that is, such as nomic-embed-text.")
        # what it says of its length (`embedding_length`) is of its layers, not always of what comes out
        probe = await self._request(["length"], _SECONDS["document"])
        if len(probe) != 1 or not probe[0]:
            raise AIProviderError(f"{self._name} gave no vector for a text.")
        return EmbeddingModel(
            provider="ollama",
            model=self._name,
            fingerprint=f"{installed.digest.removeprefix('sha256:')[:16]}-{self._recipe.key}@{version}",
            dimension=len(probe[0]),
            max_tokens=abilities.context_length or _UNKNOWN_CONTEXT,
        )


def _cut(text: str, max_tokens: int) -> str:
    """A text that is surely longer than the model reads, cut so that it is not sent for nothing.

    Ollama cuts at the exact token; no tokenizer makes tokens of more than a few dozen characters on average.
    """
    return text[: max_tokens * 16]


def _unit(vectors: npt.NDArray[np.float32], name: str) -> npt.NDArray[np.float32]:
    import numpy as np

    norms: npt.NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or (norms == 0).any():
        raise AIProviderError(f"{name} gave a vector that is none.")
    unit: npt.NDArray[np.float32] = vectors / norms
    return unit
