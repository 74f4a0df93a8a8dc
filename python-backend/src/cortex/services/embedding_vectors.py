"""Vectors as they are stored: int8 rows, and the sentences by which a model is known again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PROBE = (
    "The ferry to the island leaves at nine and returns before dark.",
    "How do I undo the last commit without losing my changes?",
    "Interest rates rose by a quarter of a point, the central bank announced.",
    "def read(path): return open(path).read()",
    "Add the flour, knead for ten minutes and let the dough rest overnight.",
    "The protein binds to the receptor and inhibits its activity in mice.",
    "A treaty signed in 1648 ended thirty years of war.",
    "SELECT name FROM users WHERE age > 30 ORDER BY name;",
    "Her novels describe village life with irony and affection.",
    "Black holes emit radiation because of quantum effects near the horizon.",
    "Error: connection refused by host",
    "Regular exercise lowers blood pressure in most adults.",
    "The court ruled that the contract was void.",
    "Tokio ist die Hauptstadt Japans.",
    "Install the package, then restart the service.",
    "Bees communicate the direction of flowers by dancing.",
    "Über die naïve Façade schrieb Łukasz: “voilà” — 50 % günstiger…",
    "东京是日本的首都。 Москва стоит на реке. القاهرة مدينة كبيرة",
    "émoji 🙂👍🏽, MixedCASE_snake-kebab, 3.14159e-10, https://example.org/a?b=c#d",
)
"""Varied sentences: how far a model's components reach is measured on them, and whether it still is the same model.
The last ones are what tokenizers disagree about."""
_BASELINE = 0.029
"""The mean cosine of PROBE's sentences in the embedded model, on which thresholds were found."""
_SAME_COSINE = 0.999
"""Between two runs of one model; other hardware moves the fourth decimal."""


def is_same_model(before: bytes, now: npt.NDArray[np.float32]) -> bool:
    """Whether these vectors of PROBE are those that were stored (float32) when the space was made."""
    import numpy as np

    stored = np.frombuffer(before, dtype=np.float32)
    if stored.size != now.size:
        return False
    cosines = np.einsum("ij,ij->i", stored.reshape(now.shape), now)
    return bool((cosines >= _SAME_COSINE).all())


def baseline_of(probe: bytes | None, dimension: int) -> float:
    """The mean cosine of texts that have nothing to do with each other, by the stored vectors of PROBE."""
    import numpy as np

    if probe is None:
        return _BASELINE
    vectors = np.frombuffer(probe, dtype=np.float32).reshape(-1, dimension)
    count = len(vectors)
    return float(((vectors @ vectors.T).sum() - count) / (count * (count - 1)))


def as_base_cosine(cosine: float, baseline: float) -> float:
    """A cosine of another model on the embedded model's scale, where unrelated is unrelated and the same is the same.

    Some models never give less than 0.6: without this everything would count as near.
    """
    return 1 - (1 - cosine) * (1 - _BASELINE) / max(1 - baseline, 1e-6)


def from_base_cosine(cosine: float, baseline: float) -> float:
    """The other way round."""
    return 1 - (1 - cosine) * (1 - baseline) / (1 - _BASELINE)


def scale_for(vectors: npt.NDArray[np.float32]) -> float:
    """The int8 scale for vectors like these: 127 over the 99.99th percentile of absolute components."""
    import numpy as np

    return 127.0 / max(float(np.quantile(np.abs(vectors), 0.9999)), 1e-6)


def pack(vectors: npt.NDArray[np.float32], scale: float) -> list[bytes]:
    """Rows as int8."""
    import numpy as np

    rounded = np.clip(np.rint(vectors * scale), -127, 127).astype(np.int8)
    return [row.tobytes() for row in rounded]


def unpack(stored: Sequence[bytes]) -> npt.NDArray[np.float32]:
    """Stored int8 rows as unit vectors, (n, dimension)."""
    import numpy as np

    rows = np.frombuffer(b"".join(stored), dtype=np.int8).reshape(len(stored), -1).astype(np.float32)
    norms: npt.NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    rows /= np.maximum(norms, 1e-6)[:, None]
    return rows
