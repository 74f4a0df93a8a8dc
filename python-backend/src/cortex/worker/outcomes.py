"""What an error in a job means for it: wait, try again, or give up with the reason."""

from __future__ import annotations

from cortex.domain.job import Ending, Outcome
from cortex.exceptions import (
    AIProviderError,
    AIProviderUnavailableError,
    CortexError,
    ExtractionError,
    FetchError,
    StorageError,
    StorageFullError,
)

DONE = Outcome("done")


_MOST_WAITS = 700
"""For a site: about a week, at a quarter of an hour each."""


def outcome_of(error: Exception, *, waits: int = 0) -> Outcome:
    """What becomes of a job whose run raised this, after it waited so many times in a row."""
    match error:
        case FetchError():
            ending: Ending = "wait" if error.waiting and waits < _MOST_WAITS else "give_up"
            return Outcome(ending, error.reason, error.message, error.retry_after)
        case ExtractionError():
            # A parser killed by the machine (out of memory beside others) is worth another try; a document is not.
            return Outcome("retry" if error.reason == "crashed" else "give_up", error.reason, error.message)
        case AIProviderUnavailableError():
            return Outcome("wait", error.code, error.message, error.retry_after)
        case StorageFullError():
            message = "The disk is full. What was captured is kept; this goes on by itself when there is room."
            return Outcome("wait", error.code, message)
        case AIProviderError() | StorageError():
            return Outcome("retry", error.code, error.message)
        case CortexError():
            return Outcome("give_up", error.code, error.message)
    name = type(error).__name__
    return Outcome(
        "retry",
        "internal_error",
        f"Something unexpected went wrong inside Cortex ({name}). What was captured is kept. The log has the details.",
    )
