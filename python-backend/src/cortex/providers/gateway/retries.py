"""When a failed call is worth another try, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable

from cortex.exceptions import AIProviderError, AIProviderTimeoutError, AIProviderUnavailableError
from cortex.providers.gateway.breaker import status_of

TRIES = 3
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 8.0
_TRANSIENT = frozenset({429, 502, 503, 504})


def is_transient(error: AIProviderError | AIProviderUnavailableError) -> bool:
    """Whether the same call may well go better in a moment: nobody answered, or somebody who had too much to do."""
    if isinstance(error, AIProviderError):
        return False
    status = status_of(error)
    return status is None or status in _TRANSIENT


class Retries:
    """The tries of one call to one model. `chance` gives a number from 0 up to 1."""

    def __init__(self, *, chance: Callable[[], float] = random.random):
        self._chance = chance
        self._tries = 1
        self._timeouts = 0

    def pause_after(
        self, error: AIProviderError | AIProviderUnavailableError, *, patience_seconds: float, may_repeat_long: bool
    ) -> float | None:
        """Seconds until the next try; None when there should be none.

        `patience_seconds` is the longest pause that makes sense for whoever asked. `may_repeat_long`: whether a call
        that ran out of time may be made once more, which would keep a slow machine busy with a long prompt twice.
        Full jitter: anything from nothing up to a bound that doubles with each try, so that callers who failed
        together do not come back together. What the server asked for (Retry-After) is waited for in full.
        """
        if self._tries >= TRIES or not is_transient(error):
            return None
        if isinstance(error, AIProviderTimeoutError):
            self._timeouts += 1
            if self._timeouts > 1 or not may_repeat_long:
                return None
        bound: float = min(_FIRST_PAUSE_SECONDS * 2 ** (self._tries - 1), _LONGEST_PAUSE_SECONDS)
        pause = self._chance() * bound + (error.retry_after or 0.0)
        if pause > patience_seconds:
            return None
        self._tries += 1
        return pause
