"""Limits on what can be guessed."""

from __future__ import annotations

import time
from collections.abc import Callable

from cortex.exceptions import RateLimitedError


class RateLimit:
    """A bucket of `burst` tries that fills again at `per_second`.

    Only failures are to be spent: whoever holds the right secret is never locked out by those who guess.
    """

    def __init__(self, *, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic):
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._left = float(burst)
        self._at = clock()

    def spend(self) -> None:
        """Take one try. Raises RateLimitedError with the seconds until the next one when there is none left."""
        moment = self._clock()
        self._left = min(self._burst, self._left + (moment - self._at) * self._per_second)
        self._at = moment
        if self._left < 1:
            raise RateLimitedError(retry_after=(1 - self._left) / self._per_second)
        self._left -= 1
