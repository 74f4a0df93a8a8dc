"""The self-check's verdict and the memory of it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from cortex.providers.model_files import Variant
from cortex.providers.reference_check import ReferenceResult, check_against_reference
from cortex.providers.variant_choice import CHOICE_FILE, remember_variant, remembered_variant


def test_the_choice_is_remembered(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert remembered_variant(cache) is None
    remember_variant(cache, "int7")
    assert remembered_variant(cache) == "int7"
    remember_variant(cache, "int8")
    assert remembered_variant(cache) == "int8"


@pytest.mark.parametrize("content", ["", "[]", "{not json", '{"another processor": "int8"}', '{"a": 3}'])
def test_an_unusable_memory_is_no_memory(tmp_path: Path, content: str) -> None:
    (tmp_path / CHOICE_FILE).write_text(content)
    assert remembered_variant(tmp_path) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    remember_variant(blocked, "int8")
    assert blocked.read_text() == "in the way"


@pytest.mark.parametrize("variant", ["int8", "int7", "fp32"])
def test_wrong_vectors_do_not_pass(variant: Variant) -> None:
    def embed(text: str) -> npt.NDArray[np.float32]:
        return np.full(384, 384**-0.5, dtype=np.float32)

    assert not check_against_reference(variant, embed).passed
    assert not ReferenceResult(variant, float("nan")).passed
