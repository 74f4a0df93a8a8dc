"""What each call took, told to whoever keeps the books."""

from __future__ import annotations

import time
from collections.abc import Callable

from cortex.domain import clock
from cortex.domain.model_call import CallOutcome, ModelCall
from cortex.exceptions import AIProviderError, AIProviderTimeoutError
from cortex.providers.chat_model import ChatIdentity, TokenUsage

Book = Callable[[ModelCall], None]
"""Takes a call that has ended. Never waits and never fails."""


class CallAccount:
    """Measures one call from the moment it is made; `close` books it, once."""

    def __init__(self, identity: ChatIdentity, purpose: str, book: Book):
        self._identity = identity
        self._purpose = purpose
        self._book = book
        self._at = clock.now()
        self._started = time.perf_counter()
        self._first_part: float | None = None
        self._usage = TokenUsage()
        self._is_closed = False

    def part_came(self) -> None:
        """A piece of the answer is there."""
        if self._first_part is None:
            self._first_part = time.perf_counter()

    def finished(self, usage: TokenUsage) -> None:
        """The answer is whole."""
        self._usage = usage
        self.close("ok")

    def failed(self, error: BaseException) -> None:
        """The call ended with this error, or by being given up."""
        self.close(self._outcome_of(error))

    def close(self, outcome: CallOutcome, *, cached: bool = False) -> None:
        """Book the call; later calls of this do nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        first = self._first_part
        self._book(
            ModelCall(
                at=self._at,
                purpose=self._purpose,
                provider=self._identity.provider,
                model=self._identity.model,
                remote=not self._identity.is_local and not cached,
                outcome=outcome,
                milliseconds=round((time.perf_counter() - self._started) * 1000, 2),
                first_part_milliseconds=None if first is None else round((first - self._started) * 1000, 2),
                prompt_tokens=self._usage.prompt_tokens,
                completion_tokens=self._usage.completion_tokens,
                cost_usd=self._usage.cost_usd,
                is_cost_known=self._is_cost_known(outcome, cached=cached),
                cached=cached,
            )
        )

    def _is_cost_known(self, outcome: CallOutcome, *, cached: bool) -> bool:
        if self._identity.is_local or cached:
            return True
        began = self._first_part is not None
        return self._usage.is_cost_known if outcome == "ok" else not began

    def _outcome_of(self, error: BaseException) -> CallOutcome:
        match error:
            case AIProviderTimeoutError():
                return "timeout"
            case Exception() if self._first_part is not None:
                return "broken"
            case AIProviderError():
                return "refused"
            case Exception():
                return "failed"
            case _:
                return "cancelled"
