"""One variant of the embedded model in ONNX Runtime, with its tokenizer. Blocking; thread-safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cortex.config import forbid_runtime_telemetry
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.model_files import BUILD_COMMAND, RECIPE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from tokenizers import Tokenizer

CLASSIFY, SEPARATE = 101, 102
"""BERT's [CLS] and [SEP], around every text."""


def load_runtime() -> Any:
    """ONNX Runtime, which is to report nothing. Raises ModuleNotFoundError where it is not installed."""
    forbid_runtime_telemetry()
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # for Windows, where the system does the reporting
    return onnxruntime


class SentenceTokenizer:
    """The model's WordPiece tokenizer, without truncation, padding and special tokens."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each token, in code points of `text`."""
        return self._tokenizer.encode(text, add_special_tokens=False).offsets

    def model_input(self, text: str) -> list[int]:
        """Token ids as the model reads them: special tokens around, cut at what it can read."""
        content: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [CLASSIFY, *content[: RECIPE.max_tokens - 2], SEPARATE]


class SentenceSession:
    """Runs the graph, one text per run: dynamic quantisation has one activation scale per run, so that a text's
    vector would otherwise depend on the texts beside it."""

    def __init__(self, graph: Path, tokenizer: SentenceTokenizer) -> None:
        """Load a graph. Raises AIProviderUnavailableError, or ModuleNotFoundError without ONNX Runtime."""
        runtime = load_runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: Any = runtime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors have no base class of their own
            raise AIProviderUnavailableError(
                f"{graph} cannot be loaded. Items are kept and found by words; "
                f"delete {graph.parent} and run `{BUILD_COMMAND}`. ONNX Runtime says: {error}"
            ) from error
        self._tokenizer = tokenizer

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        """The unit vector of one text, of which the first 256 tokens count. Raises AIProviderError."""
        import numpy as np

        ids = np.array([self._tokenizer.model_input(text)], dtype=np.int64)
        try:
            vector: npt.NDArray[np.float32] = self._session.run(None, {"input_ids": ids})[0][0]
        except Exception as error:  # as above
            raise AIProviderError(f"The embedded sentence model failed on a text: {error}") from error
        return vector
