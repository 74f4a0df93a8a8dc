"""From names to addresses: the system's resolver, and a fixed table (demonstrations and tests)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from typing import Protocol

from cortex.exceptions import FetchError


class Resolver(Protocol):
    """Answers with every address of a name."""

    async def resolve(self, host: str) -> tuple[str, ...]:
        """All addresses of `host`, at least one. Raises FetchError (waiting) when there is none."""
        ...


class SystemResolver:
    """Asks the operating system, once per call."""

    async def resolve(self, host: str) -> tuple[str, ...]:
        """All addresses of `host` in the system's order of preference."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        except (OSError, UnicodeError) as error:
            raise _not_found(host) from error
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class StaticResolver:
    """Answers from a table. A name with several answers gives them one after the other, the last for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]):
        self._answers = {name: list(sequence) for name, sequence in answers.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str) -> tuple[str, ...]:
        """The next answer for `host`."""
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise _not_found(host)
        return tuple(answers.pop(0) if len(answers) > 1 else answers[0])


def _not_found(host: str) -> FetchError:
    return FetchError(
        f"{host} was not found: this machine is offline, or there is no such site. "
        "The address is kept and tried again.",
        reason="dns",
        waiting=True,
    )
