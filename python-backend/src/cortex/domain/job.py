"""A job: work that survives the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

JobKind = Literal["process", "write", "digest"]
"""Reading a saved item; letting a language model write about it; making a digest."""
JobState = Literal["queued", "running", "waiting", "dead"]
Ending = Literal["done", "retry", "wait", "give_up"]


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was read. Times are RFC 3339 UTC texts."""

    id: str
    kind: JobKind
    state: JobState
    next_attempt_at: str
    subject_id: str | None = None
    """The item it is about, where there is one."""
    payload: Mapping[str, object] = field(default_factory=dict)
    generation: int = 1
    """How often the job was asked for; of a claimed job, the asking that it answers."""
    attempts: int = 0
    """Failed tries so far."""
    waits: int = 0
    """Times in a row that it waited for the network or a model."""
    error_code: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of a job ended, with the reason in plain words unless it is done."""

    ending: Ending
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    """Seconds after which a waiting job makes sense, where that is known."""


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Jobs by what is to become of them."""

    pending: int = 0
    """To be run, also those that wait for the network or a model."""
    processing: int = 0
    failed: int = 0
    """Given up, kept with their reason until somebody retries them."""
