"""What each kind of error means for a job."""

from __future__ import annotations

import pytest

from cortex.exceptions import (
    AIProviderError,
    AIProviderUnavailableError,
    ExtractionError,
    FetchError,
    ProcessingError,
    StorageError,
    StorageFullError,
)
from cortex.worker.outcomes import outcome_of


@pytest.mark.parametrize(
    ("error", "ending", "code"),
    [
        (FetchError("No network.", reason="offline", waiting=True), "wait", "offline"),
        (FetchError("Gone.", reason="http_404"), "give_up", "http_404"),
        (ExtractionError("Locked.", reason="encrypted"), "give_up", "encrypted"),
        (ExtractionError("It crashed.", reason="crashed"), "retry", "crashed"),
        (AIProviderUnavailableError(), "wait", "ai_provider_unavailable"),
        (AIProviderError(), "retry", "ai_provider_error"),
        (StorageFullError(), "wait", "storage_full"),
        (StorageError(), "retry", "storage_error"),
        (ProcessingError("Nothing to read."), "give_up", "processing_error"),
        (ZeroDivisionError("secret words"), "retry", "internal_error"),
    ],
)
def test_endings(error: Exception, ending: str, code: str) -> None:
    outcome = outcome_of(error)
    assert (outcome.ending, outcome.code) == (ending, code)
    assert outcome.message.endswith(".")
    assert "secret words" not in outcome.message, "an exception's text may quote what was saved"


def test_a_site_is_not_waited_for_for_ever() -> None:
    error = FetchError("The site answered 503.", reason="http_503", waiting=True)
    assert outcome_of(error, waits=699).ending == "wait"
    assert outcome_of(error, waits=700).ending == "give_up"


def test_what_a_site_says_about_waiting_is_kept() -> None:
    assert outcome_of(FetchError("Busy.", reason="http_429", waiting=True, retry_after=90)).retry_after == 90
