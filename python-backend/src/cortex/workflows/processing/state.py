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
