"""An answer whose model calls tools, on a real library."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from tests.api.chat_library import converse
from tests.conftest import RunningServer

from cortex.domain.conversation import AnswerScope
from cortex.domain.tool_call import Decision, ToolCallRecord
from cortex.providers.chat_model import ToolCall
from cortex.services.chat_tools.calls import CallingAnswer, Ran, ToolCallService

T = TypeVar("T")
Library = tuple[RunningServer, dict[str, str]]
"""A server with notes, and their ids."""
LATER = "2099-01-02T09:00:00Z"


@dataclass
class Answer:
    """An answer whose model calls tools, as the chat would drive it."""

    server: RunningServer
    client: httpx.Client
    items: dict[str, str]
    answer: CallingAnswer
    rounds: int = 0
    shown: list[str] = field(default_factory=list)

    @property
    def service(self) -> ToolCallService:
        return self.server.application.tool_calls

    def on_loop(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.server.loop).result(60)

    def call(self, name: str, **arguments: object) -> ToolCallRecord:
        return self.calls((name, arguments)).calls[0]

    def calls(self, *wanted: tuple[str, dict[str, object]]) -> Ran:
        """One round."""
        calls = [ToolCall(f"x{n}", name, arguments) for n, (name, arguments) in enumerate(wanted)]
        self.on_loop(self.service.propose(self.answer, self.rounds, calls))
        ran = self.on_loop(self.service.run_ready(self.answer, self.rounds))
        self.rounds += 1
        return ran

    def decide(self, call: ToolCallRecord, decision: Decision = "approve", *, always: bool = False) -> ToolCallRecord:
        return self.on_loop(
            self.service.decide(call.conversation_id, call.id, decision, scope=self.answer.scope, always=always)
        )


@contextmanager
def answering(library: Library) -> Iterator[Answer]:
    """An answer in a conversation of its own."""
    server, ids = library
    with server.client() as http:
        yield Answer(server, http, ids, begun(server, converse(http)))


def begun(server: RunningServer, conversation_id: str) -> CallingAnswer:
    """An answer that is being made."""
    begin = server.application.conversations.begin(conversation_id, "What is there?", None)
    turn = asyncio.run_coroutine_threadsafe(begin, server.loop).result(10)
    return CallingAnswer(conversation_id, turn.answer.id, AnswerScope(), is_local=True)


def said(call: ToolCallRecord) -> str:
    assert call.result is not None
    return call.result.text
