"""The embedded provider: a small sentence model in this process, which needs no other program."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.base import EmbeddingModel, ModelIdentity, ProviderHealth, Purpose
from cortex.providers.embedded_session import SentenceSession, SentenceTokenizer
from cortex.providers.model_files import (
    RECIPE,
    ModelFiles,
    Variant,
    cache_directory,
    find_model_files,
    fingerprint,
)
from cortex.providers.reference_check import check_against_reference
from cortex.providers.variant_choice import remember_variant, remembered_variant

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

logger = logging.getLogger(__name__)
NO_RUNTIME = (
    "ONNX Runtime is not installed (it has no build for Intel Macs), so the embedded sentence model cannot run. "
    "Items are kept and found by words; choose Ollama for embeddings in the settings."
)


class EmbeddedEmbedder:
    """all-MiniLM-L6-v2 on ONNX Runtime; nothing is loaded before it is needed.

    `model_dir` is the owner's explicit choice; otherwise the bundled model or the one in `cache` (by default
    the user's cache directory) is used. `lanes` texts run at a time, each on one thread: as many as there are
    physical cores, unless told otherwise.
    """

    def __init__(self, model_dir: Path | None = None, *, cache: Path | None = None, lanes: int | None = None) -> None:
        self._model_dir = model_dir
        self._cache = cache if cache is not None else cache_directory()
        self._lanes = lanes or psutil.cpu_count(logical=False) or 1
        # its threads start with the first text and end with this object
        self._pool = ThreadPoolExecutor(self._lanes, thread_name_prefix="embedding")
        self._loading = threading.Lock()
        self._tokenizer: SentenceTokenizer | None = None
        self._loaded: tuple[Variant, SentenceSession] | None = None

    @property
    def variant(self) -> Variant:
        """The variant in use. Blocks for the self-check (0.3 s) when this machine has never chosen one.

        Raises AIProviderUnavailableError.
        """
        if (loaded := self._loaded) is not None:
            return loaded[0]
        remembered = remembered_variant(self._cache)
        if remembered is not None and remembered in self._files().variants:
            return remembered
        return self._load()[0]

    @property
    def identity(self) -> ModelIdentity:
        """This process."""
        return ModelIdentity("embedded", RECIPE.model, is_local=True, place="this process")

    async def identify(self) -> EmbeddingModel:
        """The embedding space; takes as long as `variant` does."""
        loaded = self._loaded
        variant = loaded[0] if loaded is not None else await asyncio.to_thread(lambda: self.variant)
        return EmbeddingModel("embedded", RECIPE.model, fingerprint(variant), RECIPE.dimension, RECIPE.max_tokens)

    async def embed(self, texts: Sequence[str], *, purpose: Purpose) -> npt.NDArray[np.float32]:
        """Unit vectors, (len(texts), 384). The model treats documents and queries alike.

        Cancelling takes effect between texts. A call never has more texts in the pool than there are lanes,
        so that a question waits for a few running texts, not for a whole document.
        """
        import numpy as np

        vectors = np.empty((len(texts), RECIPE.dimension), dtype=np.float32)
        if not texts:
            return vectors
        loop = asyncio.get_running_loop()
        loaded = self._loaded
        if loaded is None:
            loaded = await loop.run_in_executor(self._pool, self._load)
        session = loaded[1]
        remaining = iter(enumerate(texts))

        async def lane() -> None:
            for index, text in remaining:
                vectors[index] = await loop.run_in_executor(self._pool, session.embed, text)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._lanes, len(texts))):
                    group.create_task(lane())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return vectors

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each token in code points; loads the tokenizer alone."""
        return self._read_tokenizer().spans(text)

    async def health(self) -> ProviderHealth:
        """Whether the model's files are there; says which variant runs."""
        if importlib.util.find_spec("onnxruntime") is None:
            return ProviderHealth(False, NO_RUNTIME)
        try:
            await asyncio.to_thread(self._files)
        except AIProviderUnavailableError as missing:
            return ProviderHealth(False, missing.message)
        state = "in memory" if self._loaded else "read into memory when it is first used"
        return ProviderHealth(True, f"{RECIPE.model}, {state}", self._loaded is not None)

    async def aclose(self) -> None:
        """Free the session and the tokenizer; texts under way finish on theirs."""
        with self._loading:
            self._loaded = self._tokenizer = None

    def _files(self) -> ModelFiles:
        return find_model_files(self._model_dir, self._cache)

    def _read_tokenizer(self) -> SentenceTokenizer:
        with self._loading:
            if self._tokenizer is None:
                self._tokenizer = SentenceTokenizer(self._files().tokenizer)
            return self._tokenizer

    def _load(self) -> tuple[Variant, SentenceSession]:
        tokenizer = self._read_tokenizer()
        with self._loading:
            if self._loaded is None:
                self._loaded = self._choose(self._files(), tokenizer)
            return self._loaded

    def _choose(self, files: ModelFiles, tokenizer: SentenceTokenizer) -> tuple[Variant, SentenceSession]:
        """The remembered variant, else the fastest whose vectors are the original's on this processor."""
        remembered = remembered_variant(self._cache)
        if remembered is not None and (path := files.variants.get(remembered)) is not None:
            return remembered, self._open(path, tokenizer)
        for variant, path in files.variants.items():
            session = self._open(path, tokenizer)
            result = check_against_reference(variant, session.embed)
            if result.passed:
                logger.info("embedded model: %s chosen, reference cosine %.4f", variant, result.cosine)
                remember_variant(self._cache, variant)
                return variant, session
            logger.warning("embedded model: %s is wrong here, reference cosine %.4f", variant, result.cosine)
        raise AIProviderUnavailableError(
            "The embedded sentence model gives wrong vectors on this processor in every variant "
            f"({', '.join(files.variants)}). Items are kept and found by words; Ollama can embed instead."
        )

    def _open(self, path: Path, tokenizer: SentenceTokenizer) -> SentenceSession:
        try:
            return SentenceSession(path, tokenizer)
        except ModuleNotFoundError as error:
            raise AIProviderUnavailableError(NO_RUNTIME) from error
