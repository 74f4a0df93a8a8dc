"""Passages that must not leave this machine, found beside those of a model that is elsewhere.

They have vectors of the embedded model alone. Their cosines there are brought to the other model's scale, and a vector
with just that cosine stands for each, so that both kinds are ordered together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cortex.db import search_index, vector_index
from cortex.db.driver import Connection
from cortex.db.search_index import ScopeClause
from cortex.services.embedding_vectors import unpack
from cortex.services.embeddings import QueryVector

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MOST = 100


def kept_here(connection: Connection, query: QueryVector, clause: ScopeClause) -> dict[int, float]:
    """The nearest of them within a scope, by chunk, with their cosines; `query` is in the embedded model's space."""
    found = vector_index.nearest(connection, query.space.id, query.packed, search_index.local_only(clause), limit=MOST)
    if not found:
        return {}
    cosines = unpack([vector for _, vector in found]) @ query.vector
    return dict(zip((chunk for chunk, _ in found), cosines.tolist(), strict=True))


def standing_for(query: QueryVector, cosines: Mapping[int, float]) -> npt.NDArray[np.float32]:
    """For each a unit vector in the query's space that lies as near to the query, and near to nothing else."""
    import numpy as np

    rows = np.empty((len(cosines), len(query.vector)), dtype=np.float32)
    for row, cosine in enumerate(cosines.values()):
        near = min(max(query.from_base(cosine), -1.0), 1.0)
        aside = -query.vector[row % len(query.vector)] * query.vector
        aside[row % len(query.vector)] += 1  # a direction of its own, at a right angle to the query
        aside /= max(float(np.linalg.norm(aside)), 1e-6)
        rows[row] = near * query.vector + np.sqrt(1 - near * near) * aside
    return rows
