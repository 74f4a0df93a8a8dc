"""Vectors from a cloud model, or from a server that speaks as one, through LiteLLM."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers import cloud_library
from cortex.providers.base import EmbeddingModel, ModelIdentity, ProviderHealth, Purpose
from cortex.providers.cloud_place import cloud_place
from cortex.providers.embedding_recipes import EmbeddingRecipe, recipe_for

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from cortex.providers.cloud_connection import CloudConnection
    from cortex.providers.ollama_transport import ConnectionRecorder

BATCH = 64
"""Texts in one request; the services take from a hundred on."""
_UNKNOWN_MAX_TOKENS = 512
_HEALTH_SECONDS = 2.0
_CHARACTERS_A_TOKEN = 4
_TOKEN = re.compile(r"[^\W_]{1,3}|[^\w\s]|_")
"""Rather too many than too few: words of Latin scripts have about four letters a token, others fewer."""
_REFERENCE = re.compile(r"files/|gs://|data:|https://generativelanguage\.googleapis\.com/")
"""What LiteLLM takes for a file to be fetched, not for a text, when it asks Gemini."""
_GEMINI_TASKS: dict[Purpose, str] = {"document": "RETRIEVAL_DOCUMENT", "query": "RETRIEVAL_QUERY"}
_GEMINI = EmbeddingRecipe("gemini-tasks")


class CloudEmbedder:
    """One embedding model of one service. Nothing is loaded or connected before the first call.

    The arguments are those of `CloudChatModel`. Raises ValueError with a sentence for the owner.
    """

    def __init__(
        self, model: str, *, api_key: SecretStr | str | None, api_base: str | None, recorder: ConnectionRecorder
    ):
        self.place = cloud_place(model, api_base)
        self._key = SecretStr(api_key) if isinstance(api_key, str) else api_key
        self._recorder = recorder
        self._recipe = _GEMINI if self.place.protocol == "gemini" else recipe_for(self.place.model)
        self._opened: CloudConnection | None = None
        self._model: EmbeddingModel | None = None
        self._asking = asyncio.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """Known without asking anybody."""
        return ModelIdentity(self.place.provider, self.place.model, self.place.is_local, self.place.host_and_port)

    async def identify(self) -> EmbeddingModel:
        """The space. A model that is not on LiteLLM's list is asked for a vector once, to see how long it is.

        Raises AIProviderUnavailableError, AIModelMissingError, AIProviderError.
        """
        async with self._asking:
            if self._model is None:
                self._model = await self._identified()
            return self._model

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        """Unit vectors, (len(texts), dimension), up to 64 texts a request."""
        import numpy as np

        model = await self.identify()
        rows: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            rows += await self._request(
                [self._prepared(text, purpose, model.max_tokens) for text in texts[start : start + BATCH]], purpose
            )
        if any(len(row) != model.dimension for row in rows):
            self._model = None
            raise AIProviderError(f"{self.identity.name} gave vectors of another length than before.")
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), model.dimension)
        norms: npt.NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or (norms == 0).any():
            raise AIProviderError(f"{self.identity.name} gave a vector that is none.")
        unit: npt.NDArray[np.float32] = vectors / norms
        return unit

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """An estimate: the services count tokens, but do not say where they lie."""
        return [match.span() for match in _TOKEN.finditer(text)]

    async def health(self) -> ProviderHealth:
        """A server of the owner's own is asked whether it is there; a service is not: that alone would leave traces."""
        try:
            connection = await self._connection()
            connection.check()
            if not self.place.is_hosted:
                from cortex.providers.cloud_servers import model_names

                await model_names(connection, seconds=_HEALTH_SECONDS)
        except (AIProviderError, AIProviderUnavailableError) as error:
            return ProviderHealth(False, error.message)
        return ProviderHealth(True, f"{self.place.model} at {self.place.host_and_port}", cloud_library.is_loaded())

    async def aclose(self) -> None:
        """Close the connections. A later call opens again."""
        if self._opened is not None:
            await self._opened.aclose()

    async def _identified(self) -> EmbeddingModel:
        from cortex.providers.cloud_abilities import listed
        from cortex.providers.cloud_servers import context_tokens

        connection = await self._connection()
        connection.check()
        entry: Mapping[str, Any] = {}
        if self.place.is_hosted:
            entry = listed(await cloud_library.litellm(), self.place)
            if entry.get("mode") not in (None, "embedding"):
                raise AIProviderError(f"{self.identity.name} is no embedding model. Choose one that is.")
            max_tokens = entry.get("max_input_tokens")
        else:
            max_tokens = await context_tokens(connection) if self.place.protocol == "openai" else None
        dimension = entry.get("output_vector_size") or len((await self._request(["length"], "document"))[0])
        return EmbeddingModel(
            provider=self.place.provider,
            model=self.place.model,
            fingerprint=f"{self._recipe.key}-{dimension}@{self.place.address.url}",
            dimension=dimension,
            max_tokens=max_tokens or _UNKNOWN_MAX_TOKENS,
        )

    def _prepared(self, text: str, purpose: Purpose, max_tokens: int) -> str:
        prepared = self._recipe.apply(text, purpose)[: max_tokens * _CHARACTERS_A_TOKEN]
        return f" {prepared}" if self.place.protocol == "gemini" and _REFERENCE.match(prepared) else prepared

    async def _request(self, texts: list[str], purpose: Purpose) -> list[list[float]]:
        from cortex.providers.cloud_failures import failure

        connection = await self._connection()
        exchange = connection.exchange()
        library = await cloud_library.litellm()
        task = {"task_type": _GEMINI_TASKS[purpose]} if self.place.protocol == "gemini" else {}
        try:
            with exchange.current():
                answer = await library.aembedding(
                    **connection.arguments(), input=texts, encoding_format="float", **task
                )
            if exchange.status is None:
                raise EOFError("LiteLLM did not go by the way it was given")
            rows = [_row(entry) for entry in sorted(answer.data, key=lambda entry: int(entry["index"]))]
        except Exception as error:  # noqa: BLE001 - LiteLLM raises whatever its many parts do; the wire says what it was
            raise failure(error, exchange, self.place, secret=connection.secret) from None
        finally:
            await exchange.aclose()
        if len(rows) != len(texts) or not all(rows):
            raise AIProviderError(f"{self.identity.name} gave other vectors than were asked for.")
        return rows

    async def _connection(self) -> CloudConnection:
        if self._opened is None:
            opened = await asyncio.to_thread(self._open)
            self._opened = self._opened or opened  # two calls may have come at once
        return self._opened

    def _open(self) -> CloudConnection:
        from cortex.providers.cloud_connection import CloudConnection

        return CloudConnection(self.place, self._key, self._recorder)


def _row(entry: Any) -> list[float]:
    """The numbers of one vector. Raises ValueError for anything else."""
    numbers = entry["embedding"]
    if not isinstance(numbers, list):
        raise ValueError("no vector")
    return [float(number) for number in numbers]
