"""The loop of an answer and its tools: rounds, the owner's word, a restart in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.workflows.chat_fixtures import Library, answer_of, library_at

from cortex.db.checkpoints import CheckpointStore
from cortex.exceptions import ConflictError
from cortex.providers.chat_model import ChatPart, ChatRequest, TextDelta, Tool, ToolCall, ToolCalls
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Gateway
from cortex.services.chat_history import HistoryReader
from cortex.services.written_answers import WrittenAnswers
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.state import MOST_ROUNDS, ChatContext, ChatState, ChatTools

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

NOTE = Tool("save_note", "Saves a note.", {"type": "object", "properties": {"text": {"type": "string"}}})


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with library_at(tmp_path) as found:
        yield found


class Acting:
    """One tool that waits for the owner, or not, and remembers what it did."""

    def __init__(self, *, asks: bool):
        self.done: list[str] = []
        self._asks = asks

    @property
    def tools(self) -> ChatTools:
        return ChatTools(self._offered, self._act)

    async def _offered(self, state: ChatState) -> Sequence[Tool]:
        return [NOTE]

    async def _act(self, state: ChatState, runtime: Runtime[ChatContext]) -> ChatState:
        from langgraph.types import interrupt

        exchange = state["exchange"]
        results = []
        for call in exchange[-1]["tool_calls"]:
            allowed = interrupt({"tool_call": call}) if self._asks else True
            if allowed:
                self.done.append(call["arguments"]["text"])
            said = {"role": "tool", "tool_call_id": call["id"], "name": call["name"], "item_ids": []}
            results.append(said | {"content": "Saved." if allowed else "The owner refused."})
        return {"exchange": [*exchange, *results]}


def saves_once(request: ChatRequest) -> Sequence[ChatPart]:
    """Wants to save a note, then answers."""
    if request.messages[-1].role == "tool":
        return [TextDelta(f"Ada Moreland built it [1]. {request.messages[-1].content}")]
    return [TextDelta("One moment."), ToolCalls((ToolCall("call-1", "save_note", {"text": "1871"}),))]


def made(
    library: Library, model: FakeChatModel, acting: Acting, file: Path | None
) -> tuple[Answering, CheckpointStore]:
    async def chain(name: str | None) -> Sequence[FakeChatModel]:
        return [model]

    async def no() -> bool:
        return False

    written = WrittenAnswers(Gateway(chain), HistoryReader(library.database), no)
    checkpoints = CheckpointStore(file)
    return library.answering(written.answerer, tools=acting.tools, checkpoints=checkpoints), checkpoints


async def threads(checkpoints: CheckpointStore) -> list[str | None]:
    saver = await checkpoints.saver()
    return [found.config["configurable"]["thread_id"] async for found in saver.alist(None)]


async def test_a_tool_is_used_and_the_answer_goes_on(library: Library) -> None:
    model, acting = FakeChatModel(saves_once), Acting(asks=False)
    answering, checkpoints = made(library, model, acting, None)
    conversation, _ = await library.conversations.create()
    answer = await answer_of(await answering.ask(conversation.id, "Who built the lighthouse?"))
    assert acting.done == ["1871"]
    assert answer.content == "One moment.\n\nAda Moreland built it [1]. Saved."
    assert [message.role for message in model.requests[1].messages] == ["system", "user", "assistant", "tool"]
    assert [citation.n for citation in answer.citations] == [1]
    await answering.settled()
    assert await threads(checkpoints) == []
    await checkpoints.close()


async def test_a_model_that_never_stops_has_to_answer(library: Library) -> None:
    def insists(request: ChatRequest) -> Sequence[ChatPart]:
        if not request.tools:
            return [TextDelta("Enough [1].")]
        return [ToolCalls((ToolCall("call", "save_note", {"text": "again"}),))]

    acting = Acting(asks=False)
    answering, checkpoints = made(library, FakeChatModel(insists), acting, None)
    conversation, _ = await library.conversations.create()
    answer = await answer_of(await answering.ask(conversation.id, "Who built the lighthouse?"))
    assert (answer.content, len(acting.done)) == ("Enough [1].", MOST_ROUNDS)
    await checkpoints.close()


@pytest.mark.parametrize("allowed", [True, False])
async def test_what_waits_for_the_owner_outlives_the_process(library: Library, tmp_path: Path, allowed: bool) -> None:
    file = tmp_path / "checkpoints.db"
    acting = Acting(asks=True)
    answering, checkpoints = made(library, FakeChatModel(saves_once), acting, file)
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    await stream.rested()
    waiting = stream.answer
    assert waiting is not None
    assert (waiting.status, waiting.content, acting.done) == ("waiting", "One moment.", [])
    await answering.close()
    await checkpoints.close()
    assert await library.conversations.recover() == 0

    library.stopping = asyncio.Event()
    answering, checkpoints = made(library, FakeChatModel(saves_once), acting, file)
    (asked,) = await answering.interrupts(waiting.id)
    assert asked.value["tool_call"]["name"] == "save_note"
    answer = await answer_of(await answering.go_on(conversation.id, waiting.id, {asked.id: allowed}))
    assert acting.done == (["1871"] if allowed else [])
    assert answer.status == "done"
    assert (
        answer.content == f"One moment.\n\nAda Moreland built it [1]. {'Saved.' if allowed else 'The owner refused.'}"
    )
    with pytest.raises(ConflictError):
        await answering.go_on(conversation.id, waiting.id, {})
    await answering.settled()
    assert await threads(checkpoints) == []
    await checkpoints.close()
