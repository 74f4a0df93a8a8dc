"""Single-use tickets: the one thing that may stand in an address, because it is worthless a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cortex.security.callers import Caller
from cortex.security.tokens import hash_secret, new_secret

LIFETIME_S = 60.0
_MOST = 1000
Purpose = Literal["session", "stream"]
"""`session`: signs a browser in. `stream`: opens one WebSocket or event stream, as whoever asked for it."""


@dataclass(frozen=True, slots=True)
class _Issued:
    purpose: Purpose
    caller: Caller
    expires: float


class Tickets:
    """Tickets in memory, by hash; a restart voids them all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._issued: dict[str, _Issued] = {}

    def issue(self, purpose: Purpose, caller: Caller) -> str:
        """A new ticket, good once within LIFETIME_S seconds."""
        moment = self._clock()
        self._issued = {key: issued for key, issued in self._issued.items() if issued.expires > moment}
        while len(self._issued) >= _MOST:  # the oldest goes: whoever asks in a loop displaces his own
            del self._issued[next(iter(self._issued))]
        ticket = new_secret("ticket")
        self._issued[hash_secret(ticket)] = _Issued(purpose, caller, moment + LIFETIME_S)
        return ticket

    def redeem(self, ticket: str, purpose: Purpose) -> Caller | None:
        """Whoever asked for this ticket, once; None when it is unknown, used, late or for another purpose."""
        issued = self._issued.pop(hash_secret(ticket), None)
        if issued is None or issued.purpose != purpose or issued.expires <= self._clock():
            return None
        return issued.caller

    def void(self, caller_id: str) -> None:
        """Make what this key or session asked for worthless."""
        self._issued = {key: issued for key, issued in self._issued.items() if issued.caller.id != caller_id}
