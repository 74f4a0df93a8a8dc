"""Where the model is looked for, and what is said when it is not there."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.embedded import EmbeddedEmbedder
from cortex.providers.model_files import (
    RECIPE,
    find_model_files,
    fingerprint,
    model_directory,
    read_model_files,
)

CALIBRATION = Path(__file__).parents[3] / "scripts" / "embedded_model" / "calibration.txt"


def pretend_model(directory: Path, *, recipe_key: str = RECIPE.key) -> Path:
    directory.mkdir(parents=True)
    (directory / "manifest.json").write_text(json.dumps({"recipe_key": recipe_key}))
    for name in ("tokenizer.json", "int8.onnx", "int7.onnx"):
        (directory / name).write_bytes(b"")
    return directory


def test_the_recipe_names_the_committed_calibration_text() -> None:
    text = CALIBRATION.read_text(encoding="utf-8")
    assert hashlib.sha256(text.encode()).hexdigest() == RECIPE.calibration_sha256
    assert len(text.strip().split("\n\n")) > 150


def test_every_part_of_the_recipe_changes_its_key() -> None:
    assert replace(RECIPE, graph_revision=RECIPE.graph_revision + 1).key != RECIPE.key
    assert replace(RECIPE, smoothing_exponent=0.5).key != RECIPE.key
    assert fingerprint("int8") != fingerprint("int7")


def test_an_explicit_directory_is_preferred_to_the_cache(tmp_path: Path) -> None:
    cached = pretend_model(model_directory(tmp_path / "cache"))
    chosen = pretend_model(tmp_path / "chosen")
    assert find_model_files(chosen, tmp_path / "cache").directory == chosen
    assert find_model_files(None, tmp_path / "cache").directory == cached


def test_a_directory_without_the_float_variant_is_a_model(tmp_path: Path) -> None:
    files = read_model_files(pretend_model(tmp_path / "model"))
    assert files is not None
    assert list(files.variants) == ["int8", "int7"]


def test_a_model_of_another_recipe_is_not_used(tmp_path: Path) -> None:
    assert read_model_files(pretend_model(tmp_path / "model", recipe_key="0" * 16)) is None


async def test_a_missing_model_says_what_is_kept_and_which_command_builds_it(tmp_path: Path) -> None:
    embedder = EmbeddedEmbedder(tmp_path / "nowhere", cache=tmp_path)
    with pytest.raises(AIProviderUnavailableError) as caught:
        await embedder.embed(["text"], purpose="document")
    for words in (str(tmp_path / "nowhere"), "python scripts/build_model.py", "kept"):
        assert words in caught.value.message
    with pytest.raises(AIProviderUnavailableError):
        embedder.token_spans("text")
    health = await embedder.health()
    assert not health.available
    assert "build_model.py" in health.detail
