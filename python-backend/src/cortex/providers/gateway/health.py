"""How the models are: looked after while they are used, left in peace while they are not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatIdentity, ChatModel
from cortex.providers.gateway.breaker import Breakers, BreakerState
from cortex.providers.gateway.limits import Lines

EVERY_SECONDS = 30.0
_UNUSED_SECONDS = 180.0
_CHECK_SECONDS = 5.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """How one model of the chain is."""

    name: str
    """`provider/model`."""
    is_local: bool
    state: BreakerState
    error: str | None
    """Why the last call or look failed, in a sentence; None when it went well."""
    since: str
    """When `state` became so."""
    waiting: int
    """Calls in line for its provider."""


class HealthWatch:
    """Looks at the chain's models every 30 s from one use on, until they were not used for some minutes.

    Models elsewhere are looked at only while they are left alone after failures: looking leaves the machine.
    """

    def __init__(
        self,
        chain: Callable[[], Awaitable[Sequence[ChatModel]]],
        breakers: Breakers,
        lines: Lines,
        on_change: Callable[[ChatIdentity], None],
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ):
        self._chain = chain
        self._breakers = breakers
        self._lines = lines
        self._on_change = on_change
        self._now = now
        self._sleep = sleep
        self._used_at = now()
        self._away: dict[ChatIdentity, str] = {}
        """Models that did not answer when last looked at, and why."""
        self._task: asyncio.Task[None] | None = None

    def used(self) -> None:
        """A model is asked for something."""
        self._used_at = self._now()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(), name="model health")

    async def states(self) -> list[ModelHealth]:
        """The models of the chain, in its order, as last seen. Asks none of them."""
        return [self._state(model.identity) for model in await self._chain()]

    async def look(self) -> None:
        """Ask each model whether it could answer. Loads none."""
        models = await self._chain()
        await asyncio.gather(*(self._look_at(model) for model in models if self._is_worth_a_look(model.identity)))
        identities = {model.identity for model in models}
        self._away = {identity: why for identity, why in self._away.items() if identity in identities}

    async def aclose(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _state(self, identity: ChatIdentity) -> ModelHealth:
        breaker = self._breakers.of(identity)
        return ModelHealth(
            name=identity.name,
            is_local=identity.is_local,
            state=breaker.state,
            error=self._away.get(identity) or breaker.last_error,
            since=breaker.since,
            waiting=self._lines.of(identity).waiting,
        )

    def _is_worth_a_look(self, identity: ChatIdentity) -> bool:
        return identity.is_local or self._breakers.of(identity).state != "closed"

    async def _watch(self) -> None:
        while self._now() - self._used_at < _UNUSED_SECONDS:
            await self._sleep(EVERY_SECONDS)
            try:
                await self.look()
            except CortexError as error:
                log.warning("models not looked at", error=error.code)

    async def _look_at(self, model: ChatModel) -> None:
        identity = model.identity
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                health = await model.health()
            away = None if health.available else health.detail
        except TimeoutError:
            away = f"It did not say within {_CHECK_SECONDS:g} s how it is."
        before = self._away.get(identity)
        if away is not None:
            self._away[identity] = away
        elif before is not None:
            del self._away[identity]
            self._breakers.of(identity).forgive()  # it was away and is back: its failures were of that time
        if (away is None) != (before is None):
            self._on_change(identity)
