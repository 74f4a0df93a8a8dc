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
_REMEMBERED_SECONDS = 600.0
"""A model that failed and is not asked any more is forgotten after so long."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """How one model is."""

    identity: ChatIdentity
    state: BreakerState
    error: str | None
    """Why the last call or look failed, in a sentence; None when it went well."""
    since: str
    """When `state` became so."""
    waiting: int
    """Calls in line for its provider."""

    @property
    def name(self) -> str:
        """`provider/model`."""
        return self.identity.name


class HealthWatch:
    """Looks at the models every 30 s from one use on, until none was used for some minutes.

    A model that left the chain because it is away is remembered while it is left alone, so that it is seen coming back.

    Models elsewhere are looked at only while they are left alone after failures: looking leaves the machine.
    """

    def __init__(
        self,
        chain: Callable[[], Awaitable[Sequence[ChatModel]]],
        breakers: Breakers,
        lines: Lines,
        on_change: Callable[[ModelHealth], None],
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
        self._asked: dict[ChatIdentity, ChatModel] = {}
        self._task: asyncio.Task[None] | None = None

    def used(self, models: Sequence[ChatModel]) -> None:
        """One of these is asked for something."""
        self._used_at = self._now()
        self._asked.update((model.identity, model) for model in models)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(), name="model health")

    async def states(self) -> list[ModelHealth]:
        """The models of the chain, in its order, then others that are left alone, as last seen. Asks none of them."""
        return [self.state(model.identity) for model in await self._models()]

    async def look(self) -> None:
        """Ask each model whether it could answer. Loads none."""
        models = await self._models()
        await asyncio.gather(*(self._look_at(model) for model in models if self._is_worth_a_look(model.identity)))
        identities = {model.identity for model in models}
        self._away = {identity: why for identity, why in self._away.items() if identity in identities}

    async def aclose(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def state(self, identity: ChatIdentity) -> ModelHealth:
        """How this one is, as last seen."""
        breaker = self._breakers.of(identity)
        return ModelHealth(
            identity=identity,
            state=breaker.state,
            error=self._away.get(identity) or breaker.last_error,
            since=breaker.since,
            waiting=self._lines.of(identity).waiting,
        )

    async def _models(self) -> list[ChatModel]:
        long_ago = self._now() - _REMEMBERED_SECONDS
        chain = {model.identity: model for model in await self._chain()}
        failing = {
            identity: model
            for identity, model in self._asked.items()
            if (breaker := self._breakers.of(identity)).state != "closed" and breaker.changed_at > long_ago
        }
        self._asked = failing | chain
        return list((chain | failing).values())

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
            self._on_change(self.state(identity))
