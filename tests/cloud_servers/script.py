"""What a stand-in for a cloud service says, whichever its way of saying it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.ollama_server.wire import Gate, Request


@dataclass(frozen=True)
class Call:
    """A tool that the model wants to use."""

    name: str
    arguments: dict[str, Any]
    id: str = "call_1"


@dataclass(frozen=True)
class Says:
    """A whole answer, in the pieces in which it is streamed."""

    pieces: Sequence[str] = ()
    thoughts: Sequence[str] = ()
    calls: Sequence[Call] = ()
    was_cut: bool = False
    """Ended by the limit on tokens."""
    was_withheld: bool = False
    """Ended by the service's filter."""
    finish_reason: str | None = None
    """In the service's own word, when it is none of these (OpenAI's way of speaking only)."""
    prompt_tokens: int = 11
    completion_tokens: int = 7
    dies_after: int | None = None
    """So many pieces, then the connection is torn off."""
    fails_after: int | None = None
    """So many pieces, then an error inside the stream."""
    stops_after: int | None = None
    """So many pieces, then a proper end of the stream that is none of the answer: Ollama's, when its runner died."""
    held_after: tuple[int, Gate] | None = None
    """So many pieces, then nothing before the gate opens."""


@dataclass(frozen=True)
class Refuses:
    """An error before the answer, worded as the service does."""

    status: int
    message: str = "no"
    kind: str = ""
    """The service's own word for it."""
    headers: Sequence[tuple[str, str]] = field(default=())


Answer = str | Says | Refuses
Script = Answer | Callable[[dict[str, Any]], Answer]
"""What is said to every request, or to a request with this body."""


def answer(script: Script, request: Request) -> Says | Refuses:
    """What is said to a request."""
    said = script(request.json()) if callable(script) else script
    if isinstance(said, str):
        words = said.split(" ")
        return Says([*(f"{word} " for word in words[:-1]), words[-1]])
    return said
