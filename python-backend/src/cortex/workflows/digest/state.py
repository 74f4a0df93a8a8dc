"""What a run carries from step to step: ids, never documents. What the steps make stands in the digest's draft."""

from __future__ import annotations

from typing import TypedDict

WORKFLOW = "digest-1"
"""Begins every thread id. A step renamed or reordered needs a new number: old runs then start over."""


class DigestState(TypedDict, total=False):
    """All values are plain."""

    digest_id: str
    job_id: str
    over: bool
    """Nothing is left to do: it is ready, or gone."""
