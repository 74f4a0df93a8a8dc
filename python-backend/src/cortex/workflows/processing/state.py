"""What a run carries from step to step: ids and small facts, never documents."""

from __future__ import annotations

from typing import TypedDict

WORKFLOW = "processing-3"
"""Begins every thread id. A step renamed or reordered needs a new number: old runs then start over."""


class ProcessingState(TypedDict, total=False):
    """All values are plain, so that a checkpoint holds nothing that has to be revived."""

    item_id: str
    job_id: str
    version: int
    """The version of the content that this run is about; 0 until it was fetched."""
    over: bool
    """Nothing is left to do: it is ready, gone, in the trash, or has newer content with a run of its own."""


def thread_id(job_id: str, generation: int) -> str:
    """The thread of one asking for a job. Asked for again, it is a new thread: nothing is mixed."""
    return f"{WORKFLOW}:{job_id}:{generation}"


def is_trustworthy(values: object, *, job_id: str, item_id: str) -> bool:
    """Whether a loaded state is one that this workflow can have written for this job."""
    if not isinstance(values, dict) or values.get("item_id") != item_id or values.get("job_id") != job_id:
        return False
    kinds = {"item_id": str, "job_id": str, "version": int, "over": bool}
    return all(name in kinds and type(value) is kinds[name] for name, value in values.items())
