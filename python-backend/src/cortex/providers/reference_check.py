"""The self-check of the embedded model: does this build, on this processor, say what the original says?

`reference_vectors.json` holds texts with the vectors that sentence-transformers 6.2.0 gives for all-MiniLM-L6-v2.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cortex.providers.model_files import Variant

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LOWEST_COSINE: dict[Variant, float] = {"int8": 0.985, "int7": 0.975, "fp32": 0.9999}
"""Per text. Saturated sums on a CPU without VNNI fall far below."""


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """The lowest cosine between a text's vector and the original's, and whether that is enough."""

    variant: Variant
    cosine: float

    @property
    def passed(self) -> bool:
        # written so that a vector of NaN fails
        return self.cosine >= LOWEST_COSINE[self.variant]


def check_against_reference(variant: Variant, embed: Callable[[str], npt.NDArray[np.float32]]) -> ReferenceResult:
    """Embed the shipped texts with `embed` (one text to its unit vector) and compare."""
    import numpy as np

    path = Path(__file__).with_name("reference_vectors.json")
    entries = json.loads(path.read_text(encoding="utf-8"))
    expected = np.array([entry["embedding"] for entry in entries], dtype=np.float32)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    found = np.stack([embed(entry["text"]) for entry in entries])
    return ReferenceResult(variant, float(np.min(np.sum(found * expected, axis=1))))
