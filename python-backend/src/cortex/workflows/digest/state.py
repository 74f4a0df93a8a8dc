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


def thread_id(job_id: str, generation: int) -> str:
    """The thread of one asking for a job."""
    return f"{WORKFLOW}:{job_id}:{generation}"


def is_trustworthy(values: object, *, job_id: str, digest_id: str) -> bool:
    """Whether a loaded state is one that this workflow can have written for this job."""
    if not isinstance(values, dict) or values.get("digest_id") != digest_id or values.get("job_id") != job_id:
        return False
    kinds = {"digest_id": str, "job_id": str, "over": bool}
    return all(name in kinds and type(value) is kinds[name] for name, value in values.items())
