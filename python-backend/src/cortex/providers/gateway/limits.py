"""How many calls a provider gets at once; the others wait in line, those whom somebody waits for first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Literal

from cortex.exceptions import AIProviderTimeoutError
from cortex.providers.chat_model import ChatIdentity
from cortex.providers.gateway.deadlines import Patience


@dataclass(frozen=True, slots=True)
class Room:
    """How many calls run at once. Those in the background leave some of it free, so that a question finds a place."""

    total: int
    background: int


LOCAL = Room(total=2, background=1)
"""A machine's processor or graphics card: more at once makes each slower."""
REMOTE = Room(total=8, background=4)


class Line:
    """One provider's places and who waits for them, first come first served within each patience."""

    def __init__(self, room: Room):
        self._room = room
        self._running = 0
        self._running_background = 0
        self._interactive: deque[asyncio.Future[None]] = deque()
        self._background: deque[asyncio.Future[None]] = deque()

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._running >= self._room.total

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._interactive) + len(self._background)

    @contextlib.asynccontextmanager
    async def place(
        self, patience: Patience, *, seconds: float | None = None, on_wait: Callable[[int], None] = lambda _: None
    ) -> AsyncGenerator[None, None]:
        """Hold a place. `on_wait` is told how many are in front when there is none at once.

        Raises AIProviderTimeoutError when none becomes free within `seconds`.
        """
        await self._enter(patience, seconds, on_wait)
        try:
            yield
        finally:
            self._leave(patience)

    async def _enter(self, patience: Patience, seconds: float | None, on_wait: Callable[[int], None]) -> None:
        line = self._interactive if patience == "interactive" else self._background
        if not line and self._is_free(patience):
            self._take(patience)
            return
        ahead = len(self._interactive) + (len(self._background) if patience == "background" else 0)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            on_wait(ahead)
            async with asyncio.timeout(seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave(patience)  # it was this one's turn just as it gave up: the next one gets the place
            elif turn in line:
                line.remove(turn)
            if isinstance(error, TimeoutError):
                raise AIProviderTimeoutError(
                    f"The model is busy with other work: no place became free within {seconds or 0:.0f} s."
                ) from error
            raise

    def _is_free(self, patience: Patience) -> bool:
        if self._running >= self._room.total:
            return False
        return patience == "interactive" or (not self._interactive and self._running_background < self._room.background)

    def _take(self, patience: Patience) -> None:
        self._running += 1
        if patience == "background":
            self._running_background += 1

    def _leave(self, patience: Patience) -> None:
        self._running -= 1
        if patience == "background":
            self._running_background -= 1
        self._admit("interactive", self._interactive)
        self._admit("background", self._background)

    def _admit(self, patience: Patience, line: deque[asyncio.Future[None]]) -> None:
        while line and self._is_free(patience):
            turn = line.popleft()
            if not turn.done():  # who was cancelled but has not run since is no longer in line
                self._take(patience)
                turn.set_result(None)


class Lines:
    """Each provider's line, made when first asked for."""

    def __init__(self, *, local: Room = LOCAL, remote: Room = REMOTE):
        self._local = local
        self._remote = remote
        self._lines: dict[tuple[str, str, str], Line] = {}

    def of(self, identity: ChatIdentity, kind: Literal["chat", "embed"] = "chat") -> Line:
        """The one of this model's provider at its place: all chat models of one Ollama share its machine.

        Vectors have a line of their own: they take a moment, and a search cannot wait for an answer being written.
        """
        key = (identity.provider, identity.place, kind)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line(self._local if identity.is_local else self._remote)
        return line
