"""Leaves a model alone that failed again and again, and tries it once now and then."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Literal

from cortex.domain import clock
from cortex.exceptions import AIProviderError, AIProviderTimeoutError, AIProviderUnavailableError
from cortex.providers.chat_model import ChatIdentity

BreakerState = Literal["closed", "open", "half-open"]
_FAILURES = 3
_TIMEOUT_COUNTS = 2
"""A failure that took minutes is worth more than one that took none."""
_FIRST_PAUSE_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 120.0
"""Somebody who starts Ollama again should not wait longer than this for it to be noticed."""
_SERVER_FAULTS = frozenset(range(500, 600))


class Breaker:
    """One model's. Closed: it is asked. Open: it is not. Half-open: the pause is over, one call may try.

    `name` is the model's in sentences; `now` counts seconds, from anywhere.
    """

    def __init__(
        self,
        name: str,
        *,
        now: Callable[[], float] = time.monotonic,
        on_change: Callable[[], None] = lambda: None,
    ):
        self.since = clock.now()
        """When the state last changed."""
        self.changed_at = now()
        self.last_error: str | None = None
        """Why the last call failed, in a sentence; None after one that went well."""
        self._name = name
        self._now = now
        self._on_change = on_change
        self._failures = 0
        self._pause = _FIRST_PAUSE_SECONDS
        self._open_until: float | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """As it is now."""
        if self._open_until is None:
            return "closed"
        return "half-open" if self._now() >= self._open_until else "open"

    @property
    def seconds_left(self) -> float:
        """Until it may be tried again; 0 when it may."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._now())

    @property
    def admits(self) -> bool:
        """Whether a call would be let through now."""
        return self.state == "closed" or (self.state == "half-open" and not self._probing)

    @contextlib.contextmanager
    def watching(self, *, insist: bool = False) -> Iterator[None]:
        """Around one call: an error that leaves the block counts, none (not even a cancellation) does not.

        Raises AIProviderUnavailableError instead of calling while it is open, unless the owner insists.
        """
        if not self.admits and not insist:
            raise self._resting()
        is_probe = self._open_until is not None
        self._probing = self._probing or is_probe
        try:
            yield
        except (AIProviderError, AIProviderUnavailableError) as error:
            self._failed(error, is_probe=is_probe)
            raise
        finally:
            if is_probe:
                self._probing = False

    def succeeded(self) -> None:
        """The model answered: whatever was before is forgotten."""
        was_closed = self._open_until is None
        self._failures, self._pause, self._open_until, self.last_error = 0, _FIRST_PAUSE_SECONDS, None, None
        if not was_closed:
            self._changed()

    def forgive(self) -> None:
        """The model is there again: the next call may try, whatever is left of the pause."""
        if self._open_until is not None and self.seconds_left > 0:
            self._open_until, self._pause = self._now(), _FIRST_PAUSE_SECONDS
            self._changed()

    def _failed(self, error: AIProviderError | AIProviderUnavailableError, *, is_probe: bool) -> None:
        if not counts(error):
            return
        self.last_error = error.message
        self._failures += _TIMEOUT_COUNTS if isinstance(error, AIProviderTimeoutError) else 1
        if is_probe:
            self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        elif self._open_until is not None or self._failures < _FAILURES:
            return  # calls that began before it opened say nothing new
        self._open_until = self._now() + max(self._pause, error.retry_after or 0.0)
        self._changed()

    def _changed(self) -> None:
        self.since, self.changed_at = clock.now(), self._now()
        self._on_change()

    def _resting(self) -> AIProviderUnavailableError:
        again = (
            f"it is tried again in {max(1, round(self.seconds_left))} s" if self.seconds_left else "it is being tried"
        )
        return AIProviderUnavailableError(
            f"{self._name} failed several times and is left alone for a moment ({again}). Last: {self.last_error}",
            retry_after=max(1.0, self.seconds_left),
        )


def counts(error: AIProviderError | AIProviderUnavailableError) -> bool:
    """Whether an error says something about the model's state rather than about what it was asked."""
    if isinstance(error, AIProviderUnavailableError):
        return True
    return status_of(error) in _SERVER_FAULTS


def status_of(error: AIProviderError | AIProviderUnavailableError) -> int | None:
    """The HTTP status that a provider noted with an error, where there was one."""
    details = error.details
    status = details.get("status") if isinstance(details, dict) else None
    return status if isinstance(status, int) else None


class Breakers:
    """Each model's breaker, made when first asked for."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic, on_change: Callable[[ChatIdentity], None]):
        self._now = now
        self._on_change = on_change
        self._breakers: dict[ChatIdentity, Breaker] = {}

    def of(self, identity: ChatIdentity) -> Breaker:
        """The one of this model at this place."""
        breaker = self._breakers.get(identity)
        if breaker is None:
            breaker = Breaker(identity.name, now=self._now, on_change=lambda: self._on_change(identity))
            self._breakers[identity] = breaker
        return breaker
