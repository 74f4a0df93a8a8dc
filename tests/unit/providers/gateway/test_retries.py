"""Another try is made where it may help, after a pause drawn by lot, and never endlessly."""

import pytest

from cortex.exceptions import AIProviderError, AIProviderTimeoutError, AIProviderUnavailableError
from cortex.providers.gateway.retries import Retries, is_transient

AWAY = AIProviderUnavailableError()


def retries(chance: float = 0.5) -> Retries:
    return Retries(chance=lambda: chance)


def test_three_tries_with_a_growing_bound() -> None:
    tries = retries(chance=1.0)
    assert [tries.pause_after(AWAY, patience_seconds=60, may_repeat_long=True) for _ in range(3)] == [0.5, 1.0, None]


def test_the_jitter_is_full() -> None:
    assert retries(chance=0.0).pause_after(AWAY, patience_seconds=60, may_repeat_long=True) == 0


def test_what_the_server_asks_for_is_waited_for_in_full() -> None:
    busy = AIProviderUnavailableError(retry_after=7, details={"status": 429})
    assert retries(chance=0.0).pause_after(busy, patience_seconds=60, may_repeat_long=True) == 7
    assert retries().pause_after(busy, patience_seconds=5, may_repeat_long=True) is None


def test_after_a_timeout_one_more_try_at_most() -> None:
    tries = retries()
    assert tries.pause_after(AIProviderTimeoutError(), patience_seconds=60, may_repeat_long=True) is not None
    assert tries.pause_after(AIProviderTimeoutError(), patience_seconds=60, may_repeat_long=True) is None


def test_a_long_request_is_not_made_twice_on_a_slow_machine() -> None:
    assert retries().pause_after(AIProviderTimeoutError(), patience_seconds=60, may_repeat_long=False) is None
    assert retries().pause_after(AWAY, patience_seconds=60, may_repeat_long=False) is not None


@pytest.mark.parametrize(
    ("status", "transient"), [(429, True), (502, True), (503, True), (504, True), (401, False), (500, False)]
)
def test_by_status(status: int, transient: bool) -> None:
    assert is_transient(AIProviderUnavailableError(details={"status": status})) is transient


def test_a_refusal_is_final() -> None:
    assert not is_transient(AIProviderError())
