"""Answers on a real library: composed, cited, verified, streamed, cancelled, interrupted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.workflows.chat_fixtures import TEXT, Library, answer_of, library_at

from cortex.domain.conversation import AnswerScope
from cortex.domain.search import Filters
from cortex.exceptions import (
    AIProviderUnavailableError,
    ConversationBusyError,
    ConversationNotFoundError,
    MessageNotFoundError,
    ValidationError,
)
from cortex.services.answer_streams import AnswerStream, StreamEvent
from cortex.services.answers import EXTRACTIVE, AnswerPart, Inquiry, Words


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    async with library_at(tmp_path) as found:
        yield found


async def _events(stream: AnswerStream, after: int = 0) -> list[StreamEvent]:
    return [event async for event in stream.follow(after=after)]


async def test_an_answer_quotes_its_sources_word_for_word(library: Library) -> None:
    conversation, _ = await library.conversations.create()
    stream = await library.answering().ask(conversation.id, "Who built the lighthouse at Skerry Point, and when?")
    events = await _events(stream)
    assert [e["type"] for e in events if e["type"] != "status"][:2] == ["sources", "chunk"]
    assert events[-1]["type"] == "done"
    numbers = [int(str(e["seq"])) for e in events]
    assert numbers == sorted(set(numbers))
    answer = await answer_of(stream)
    assert answer.content == "".join(str(e["content"]) for e in events if e["type"] == "chunk")
    assert (answer.status, answer.found, answer.provider, answer.model) == ("done", True, "embedded", "extractive")
    assert "Ada Moreland" in answer.citations[0].quote
    for citation in answer.citations:
        assert citation.verified
        assert TEXT[citation.start : citation.end] == citation.quote
        assert f"[{citation.n}]" in answer.content
    kept, messages = await library.conversations.get(conversation.id)
    assert kept.title == "Who built the lighthouse at Skerry Point, and when?"
    assert [m.role for m in messages] == ["user", "assistant"]
    assert messages[1].citations == answer.citations


async def test_thin_evidence_is_said_to_be_thin(library: Library) -> None:
    library.passages = [replace(library.passages[0], cosine=0.2, coverage=0.1)]
    conversation, _ = await library.conversations.create()
    answer = await answer_of(await library.answering().ask(conversation.id, "Who won the chess final?"))
    assert (answer.status, answer.found, answer.citations) == ("done", False, ())
    assert "not in your library" in answer.content
    library.passages = []
    scoped = await library.answering().ask(conversation.id, "Who else?", scope=AnswerScope(tags=("chess",)))
    assert "chosen part" in (await answer_of(scoped)).content


async def test_a_citation_that_no_longer_stands_is_marked(library: Library) -> None:
    await library.database.write(lambda c: c.execute("UPDATE chunks SET text = replace(text, '1871', '1817')"))
    conversation, _ = await library.conversations.create()
    answer = await answer_of(await library.answering().ask(conversation.id, "Who built the lighthouse?"))
    assert answer.citations
    assert not all(citation.verified for citation in answer.citations)


async def test_a_follow_up_is_searched_with_the_words_it_leans_on(library: Library) -> None:
    answering = library.answering()
    scope = AnswerScope(tags=("sea",))
    conversation, _ = await library.conversations.create(scope=scope)
    await answer_of(await answering.ask(conversation.id, "Who built the lighthouse at Skerry Point?"))
    await answer_of(await answering.ask(conversation.id, "When was it automated?"))
    assert "lighthouse" in library.asked[-1][0]
    assert [asked[1] for asked in library.asked] == [Filters(tags=("sea",))] * 2


async def test_one_answer_at_a_time(library: Library) -> None:
    library.gate.clear()
    answering = library.answering()
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    with pytest.raises(ConversationBusyError):
        await answering.ask(conversation.id, "And when?")
    other, _ = await library.conversations.create()
    elsewhere = await answering.ask(other.id, "Who built the lighthouse?")
    library.gate.set()
    assert (await answer_of(stream)).status == "done"
    assert (await answer_of(elsewhere)).status == "done"
    assert len((await library.conversations.get(conversation.id))[1]) == 2


@dataclass
class HeldAnswer:
    """The extractive answer, stopped behind its first words until it is let go."""

    shown: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, inquiry: Inquiry) -> AsyncGenerator[AnswerPart, None]:
        async for part in EXTRACTIVE.answer(inquiry):
            yield part
            if isinstance(part, Words):
                self.shown.set()
                await self.go_on.wait()


async def test_cancelling_keeps_what_was_written(library: Library) -> None:
    held = HeldAnswer()
    answering = library.answering(replace(EXTRACTIVE, answer=held.answer))
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    await held.shown.wait()
    assert answering.cancel(conversation.id)
    events = await _events(stream)
    answer = await answer_of(stream)
    assert events[-1]["type"] == "done"
    assert answer.status == "cancelled"
    assert answer.content
    assert {f"[{citation.n}]" for citation in answer.citations} == set(re.findall(r"\[\d\]", answer.content))
    assert not answering.cancel(conversation.id)
    held.go_on.set()
    again = await answering.ask(conversation.id, "Who built the lighthouse?")
    assert (await answer_of(again)).status == "done"


async def test_stopping_tells_and_keeps_the_partial_answer(library: Library) -> None:
    held = HeldAnswer()
    answering = library.answering(replace(EXTRACTIVE, answer=held.answer))
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    await held.shown.wait()
    await answering.close()
    events = await _events(stream)
    assert (events[-1]["type"], events[-1]["error"]) == ("error", "interrupted")
    stored = (await library.conversations.get(conversation.id))[1][-1]
    assert (stored.status, bool(stored.content)) == ("interrupted", True)


async def test_a_reader_that_comes_back_gets_the_rest(library: Library) -> None:
    held = HeldAnswer()
    answering = library.answering(replace(EXTRACTIVE, answer=held.answer))
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    await held.shown.wait()
    seen = [event async for event in _first(stream, 2)]
    held.go_on.set()
    await stream.ended()
    found = answering.streams.find(stream.message_id)
    assert found is stream
    rest = await _events(stream, after=int(str(seen[-1]["seq"])))
    assert [*seen, *rest] == await _events(stream)


async def _first(stream: AnswerStream, count: int) -> AsyncIterator[StreamEvent]:
    async for event in stream.follow():
        yield event
        count -= 1
        if not count:
            return


async def test_a_failing_model_fails_the_answer_and_keeps_the_question(library: Library) -> None:
    async def broken(_inquiry: Inquiry) -> AsyncGenerator[AnswerPart, None]:
        yield Words("So far")
        raise AIProviderUnavailableError("The model went away.")

    answering = library.answering(replace(EXTRACTIVE, answer=broken))
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    events = await _events(stream)
    answer = await answer_of(stream)
    assert (events[-1]["type"], events[-1]["error"]) == ("error", "ai_provider_unavailable")
    assert (answer.status, answer.content) == ("failed", "So far")
    assert (await library.conversations.get(conversation.id))[1][0].content == "Who built the lighthouse?"


async def test_editing_and_regenerating_replace_what_came_after(library: Library) -> None:
    answering = library.answering()
    conversation, _ = await library.conversations.create()
    await answer_of(await answering.ask(conversation.id, "Who built the lighthouse?"))
    await answer_of(await answering.ask(conversation.id, "When did paraffin replace colza oil?"))
    first, answer, *_ = (await library.conversations.get(conversation.id))[1]

    again = await answer_of(await answering.ask_again(conversation.id, answer.id))
    messages = (await library.conversations.get(conversation.id))[1]
    assert [m.id for m in messages] == [first.id, again.id]

    edited = await answer_of(await answering.ask_again(conversation.id, first.id, content="What did paraffin replace?"))
    kept, messages = await library.conversations.get(conversation.id)
    assert (messages[0].id, messages[0].content) == (first.id, "What did paraffin replace?")
    assert messages[1].id == edited.id
    assert kept.title == "What did paraffin replace?"
    with pytest.raises(ValidationError):
        await answering.ask_again(conversation.id, edited.id, content="An answer cannot be edited")
    with pytest.raises(MessageNotFoundError):
        await answering.ask_again(conversation.id, "msg_none")
    await answer_of(await answering.ask(conversation.id, "Still there?"))


async def test_what_is_wrong_stores_nothing_and_leaves_nothing_busy(library: Library) -> None:
    answering = library.answering()
    conversation, _ = await library.conversations.create()
    with pytest.raises(ConversationNotFoundError):
        await answering.ask("conv_none", "Anybody?")
    with pytest.raises(ValidationError):
        await answering.ask(conversation.id, "  \n ")
    with pytest.raises(ValidationError):
        await answering.ask(conversation.id, "Anybody?", model="no-such-model")
    assert (await library.conversations.get(conversation.id))[1] == []
    assert (await answer_of(await answering.ask(conversation.id, "Who built it?", model="extractive"))).status == "done"


async def test_an_answer_left_by_a_crash_is_marked_at_the_next_start(library: Library) -> None:
    conversation, _ = await library.conversations.create()
    turn = await library.conversations.begin(conversation.id, "Who built the lighthouse?", None)
    assert (await library.conversations.message(conversation.id, turn.answer.id)).status == "streaming"
    assert await library.conversations.recover() == 1
    assert (await library.conversations.message(conversation.id, turn.answer.id)).status == "interrupted"
    assert await library.conversations.recover() == 0


async def test_deleting_while_an_answer_is_made(library: Library) -> None:
    library.gate.clear()
    answering = library.answering()
    conversation, _ = await library.conversations.create()
    stream = await answering.ask(conversation.id, "Who built the lighthouse?")
    await library.conversations.delete(conversation.id)
    answering.cancel(conversation.id)
    await stream.ended()
    with pytest.raises(ConversationNotFoundError):
        await library.conversations.get(conversation.id)
