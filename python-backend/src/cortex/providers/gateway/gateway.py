"""Asks the first model of the chain that can answer, patiently but not blindly."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from cortex.exceptions import AIProviderError, AIProviderTimeoutError, AIProviderUnavailableError
from cortex.providers.base import Embedder
from cortex.providers.chat_model import (
    ChatCapabilities,
    ChatIdentity,
    ChatModel,
    ChatPart,
    ChatRequest,
    Finished,
    FinishReason,
    TextDelta,
    TokenUsage,
    ToolCall,
    ToolCalls,
)
from cortex.providers.gateway.accounting import Book, CallAccount
from cortex.providers.gateway.breaker import Breakers
from cortex.providers.gateway.cache import AnswerCache, CachedAnswer, is_deterministic, key_of
from cortex.providers.gateway.deadlines import Deadlines, Patience, deadlines_for
from cortex.providers.gateway.embedding import ResilientEmbedder
from cortex.providers.gateway.failures import Problem, broke_off, nobody_answers
from cortex.providers.gateway.health import HealthWatch, ModelHealth
from cortex.providers.gateway.limits import Lines
from cortex.providers.gateway.loading import told_while_loading
from cortex.providers.gateway.notices import Notice, Tell, nobody_listens
from cortex.providers.gateway.pacing import paced
from cortex.providers.gateway.retries import Retries

__all__ = ["Build", "CallPurpose", "Chain", "Completion", "Gateway", "Patience", "Target"]

CallPurpose = Literal[
    "chat", "condense", "suggest", "history", "summary", "tags", "entities", "connections", "digest", "generate",
    "expand", "rerank", "test", "embed",
]  # fmt: skip
_CAPABILITIES_SECONDS = 60.0
"""Servers are asked with a shorter patience of their own; loading LiteLLM takes long on a machine that is busy."""
_INTERACTIVE_PATIENCE_SECONDS = 10.0
_HURRIED_PATIENCE_SECONDS = 2.0
_BACKGROUND_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """The model that a request would go to, so that it can be made to fit: what may leave the machine, how long."""

    identity: ChatIdentity
    capabilities: ChatCapabilities


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    reason: FinishReason
    usage: TokenUsage
    target: Target


Build = Callable[[Target], ChatRequest | None]
"""Makes the request for a target; None when this target must not or cannot be asked (the next one is tried).

Also called to learn whether another target would take it: what it notes belongs to the target, which may not be the one
that answers."""
Chain = Callable[[str | None], Awaitable[Sequence[ChatModel]]]
"""The models to ask, first choice first; empty when the owner uses none. Given a model's name, that one alone
(raises ValidationError when there is none of that name)."""


@dataclass(frozen=True, slots=True)
class _Call:
    """What somebody wants, whichever model answers."""

    build: Build
    purpose: CallPurpose
    patience: Patience
    tell: Tell
    whole: bool
    """Nothing is shown before the end: a break in the middle may be mended by asking again."""

    @property
    def insists(self) -> bool:
        """The owner wants to know how this model is: it is asked even while it is left alone."""
        return self.purpose == "test"


class _NotAskedError(Exception):
    """The request is not for this target."""


class Gateway:
    """Streams and completes. Local to cloud happens only where the chain, the owner's choice, says so.

    `book` is told of each call that ended, `on_change` of each model that went away or came back. `now`, `sleep`,
    `watch_sleep` and `chance` are the clock and the dice.
    """

    def __init__(
        self,
        chain: Chain,
        *,
        book: Book = lambda _: None,
        on_change: Callable[[ModelHealth], None] = lambda _: None,
        lines: Lines | None = None,
        cache: AnswerCache | None = None,
        deadlines: Callable[..., Deadlines] = deadlines_for,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        watch_sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ):
        self._chain = chain
        self._book = book
        self._lines = lines or Lines()
        self._cache = cache or AnswerCache()
        self._breakers = Breakers(now=now, on_change=lambda identity: on_change(self._watch.state(identity)))
        self._deadlines = deadlines
        self._sleep = sleep
        self._chance = chance
        self._watch = HealthWatch(
            lambda: chain(None), self._breakers, self._lines, on_change, now=now, sleep=watch_sleep
        )

    async def target(self, *, local_only: bool = False) -> Target | None:
        """Who would be asked now; None when nobody could be. Cheap: asks no model to do anything."""
        for model in await self._chain(None):
            breaker = self._breakers.of(model.identity)
            if (local_only and not model.identity.is_local) or not breaker.admits:
                continue
            try:
                with breaker.watching():
                    return await _target_of(model)
            except (AIProviderError, AIProviderUnavailableError):
                continue
        return None

    async def stream(
        self,
        build: Build,
        *,
        purpose: CallPurpose,
        patience: Patience = "interactive",
        model: str | None = None,
        local_only: bool = False,
        tell: Tell = nobody_listens,
    ) -> AsyncGenerator[Target | ChatPart, None]:
        """First the target that answers, then its parts, `Finished` last. Closing the generator stops the model.

        With `local_only` no target that is not local is asked, whatever the chain says. `tell` hears why there is
        nothing yet: waiting in line, a model being loaded, another try, another model.
        After a part was given nothing is started again: a break raises AIProviderUnavailableError.
        Raises AIProviderUnavailableError when nobody can answer, AIProviderError when all refused.
        """
        call = _Call(build, purpose, patience, tell, whole=False)
        async with aclosing(self._answer(call, model, local_only=local_only)) as parts:
            async for part in parts:
                yield part

    async def complete(
        self,
        build: Build,
        *,
        purpose: CallPurpose,
        patience: Patience = "background",
        model: str | None = None,
        local_only: bool = False,
        tell: Tell = nobody_listens,
    ) -> Completion:
        """The whole answer. Raises as `stream` does; a break in the middle is mended where another try can."""
        text: list[str] = []
        calls: tuple[ToolCall, ...] = ()
        target: Target | None = None
        call = _Call(build, purpose, patience, tell, whole=True)
        async with aclosing(self._answer(call, model, local_only=local_only)) as parts:
            async for part in parts:
                match part:
                    case Target():
                        target, calls = part, ()
                        text.clear()  # of a try that broke off
                    case TextDelta():
                        text.append(part.text)
                    case ToolCalls():
                        calls += part.calls
                    case Finished() if target is not None:
                        return Completion("".join(text), calls, part.reason, part.usage, target)
                    case _:
                        pass
        raise AIProviderUnavailableError

    def resilient(self, embedder: Embedder) -> Embedder:
        """An embedder on a server with this gateway's lines, breakers, retries and accounts around its requests."""
        return ResilientEmbedder(
            embedder,
            line=lambda identity: self._lines.of(identity, "embed"),
            breaker=self._breakers.of,
            book=self._book,
            sleep=self._sleep,
            chance=self._chance,
        )

    async def health(self) -> list[ModelHealth]:
        """The models of the chain, in its order, then others that are left alone, as last seen. Asks none of them."""
        return await self._watch.states()

    async def aclose(self) -> None:
        """Stop looking after the models. They are closed by whoever opened them."""
        await self._watch.aclose()

    async def _answer(
        self, call: _Call, model: str | None, *, local_only: bool
    ) -> AsyncGenerator[Target | ChatPart, None]:
        chain = await self._chain(model)
        if chain:
            self._watch.used(chain)
        allowed = [one for one in chain if one.identity.is_local or not local_only]
        problems: list[Problem] = []
        for position, candidate in enumerate(allowed):
            attempts = _Attempts(call, allowed[position + 1 :], self._breakers)
            if problems and problems[-1].error is not None:
                call.tell(_falling_back(problems[-1], candidate))
            shown = False
            try:
                async with aclosing(self._tries(candidate, call, attempts)) as parts:
                    async for part in parts:
                        shown = True
                        yield part
                return
            except _NotAskedError:
                problems.append(Problem(candidate.identity))
            except (AIProviderError, AIProviderUnavailableError) as error:
                if shown and not call.whole:
                    raise
                problems.append(Problem(candidate.identity, error))
        raise nobody_answers(problems, kept_here=len(chain) > len(allowed))

    async def _tries(
        self, candidate: ChatModel, call: _Call, attempts: _Attempts
    ) -> AsyncGenerator[Target | ChatPart, None]:
        """One model's answer, tried again while that makes sense and nothing was shown."""
        identity = candidate.identity
        retries = Retries(chance=self._chance)
        while True:
            attempts.begin()
            try:
                async with aclosing(self._attempt(candidate, call, attempts)) as parts:
                    async for part in parts:
                        yield part
                return
            except (AIProviderError, AIProviderUnavailableError) as error:
                if attempts.shown and not call.whole:
                    raise broke_off(identity, error) from error
                taken_elsewhere = call.patience == "interactive" and await attempts.taken_elsewhere()
                pause = retries.pause_after(
                    error,
                    patience_seconds=_patience_seconds(call.patience, taken_elsewhere),
                    may_repeat_long=attempts.may_repeat_long and not taken_elsewhere,
                )
                if pause is None or not (self._breakers.of(identity).admits or call.insists):
                    raise
                call.tell(Notice("retrying", identity.name, f"Asking {identity.name} once more. {error.message}"))
            await self._sleep(pause)

    async def _attempt(
        self, candidate: ChatModel, call: _Call, attempts: _Attempts
    ) -> AsyncGenerator[Target | ChatPart, None]:
        """One try at one model: its place in the line, its deadlines, its account."""
        identity = candidate.identity
        breaker = self._breakers.of(identity)
        with breaker.watching(insist=call.insists):
            target = await _target_of(candidate)
        request = call.build(target)
        if request is None:
            raise _NotAskedError
        key: bytes | None = None
        if is_deterministic(request, call.patience):
            key = key_of(request, identity, target.capabilities)
            if (known := self._cache.get(key)) is not None:
                CallAccount(identity, call.purpose, self._book).close("ok", cached=True)
                yield target
                yield TextDelta(known.text)
                yield Finished(known.reason)
                return
        limits = self._deadlines(identity, request, patience=call.patience, has_fallback=attempts.has_others)
        line = self._lines.of(identity)
        seconds = limits.first_part if call.patience == "interactive" else None
        if limits.give_way is not None and line.is_full and await attempts.taken_elsewhere():
            seconds = limits.give_way
            request = call.build(target) or request  # the last one made is the one that is sent

        def queued(ahead: int) -> None:
            call.tell(Notice("queued", identity.name, _in_line(identity, ahead)))

        async with line.place(call.patience, seconds=seconds, on_wait=queued):
            attempts.may_repeat_long = limits.may_repeat_long
            account = CallAccount(identity, call.purpose, self._book)
            said: list[str] = []
            try:
                with breaker.watching(insist=call.insists), told_while_loading(candidate, call.tell) as begun:
                    async with aclosing(paced(candidate, request, limits, attempts.taken_elsewhere)) as parts:
                        async for part in parts:
                            if not attempts.shown:
                                attempts.shown = True
                                begun()
                                account.part_came()
                                yield target
                            if key is not None and isinstance(part, TextDelta):
                                said.append(part.text)
                            if isinstance(part, Finished):
                                breaker.succeeded()
                                account.finished(part.usage)
                                if key is not None and part.reason == "stop":
                                    self._cache.put(key, CachedAnswer("".join(said), part.reason))
                            yield part
            except BaseException as error:
                account.failed(error)
                raise


class _Attempts:
    """The tries at one model, and who would answer in its place."""

    def __init__(self, call: _Call, others: Sequence[ChatModel], breakers: Breakers):
        self._call = call
        self._others = others
        self._breakers = breakers
        self.shown = False
        """Whether a part of this try was given."""
        self.may_repeat_long = False
        """Whether this try may be repeated when it ran out of time; not when that was spent in line."""

    @property
    def has_others(self) -> bool:
        """Whether there may be another one to ask."""
        return any(self._breakers.of(other.identity).admits for other in self._others)

    def begin(self) -> None:
        """Another try."""
        self.shown = self.may_repeat_long = False

    async def taken_elsewhere(self) -> bool:
        """Whether another model behind this one is there and may be asked this."""
        for other in self._others:
            if not self._breakers.of(other.identity).admits:
                continue
            try:
                if self._call.build(await _target_of(other)) is not None:
                    return True
            except (AIProviderError, AIProviderUnavailableError):
                continue
        return False


async def _target_of(model: ChatModel) -> Target:
    try:
        async with asyncio.timeout(_CAPABILITIES_SECONDS):
            return Target(model.identity, await model.capabilities())
    except TimeoutError as error:
        raise AIProviderTimeoutError(
            f"{model.identity.name} did not say within {_CAPABILITIES_SECONDS:g} s what it can do."
        ) from error


def _patience_seconds(patience: Patience, has_fallback: bool) -> float:
    if patience == "background":
        return _BACKGROUND_PATIENCE_SECONDS
    return _HURRIED_PATIENCE_SECONDS if has_fallback else _INTERACTIVE_PATIENCE_SECONDS


def _in_line(identity: ChatIdentity, ahead: int) -> str:
    return f"Waiting for {identity.name}: " + (f"{ahead} in front." if ahead else "next in line.")


def _falling_back(problem: Problem, candidate: ChatModel) -> Notice:
    name = candidate.identity.name
    return Notice("falling_back", name, f"Asking {name} instead of {problem.identity.name}. {problem.sentence}")
