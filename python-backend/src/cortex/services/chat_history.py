"""What was said before in a conversation, with what of it may leave the machine."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import conversations, items
from cortex.domain.conversation import Message

_MARKERS = re.compile(r"\s?\[\d{1,3}\]")


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """A question and what was answered."""

    question: str
    answer: str
    """Without its citations' numbers, which mean other passages by now."""
    position: int
    """Of its last message."""
    last_message_id: str
    grounds: tuple[str, ...] = ()
    """The items it was made from."""
    local_only: bool = False
    """Whether one of them must not leave the machine, and so the turn must not either."""


@dataclass(frozen=True, slots=True)
class EarlierSummary:
    """What was said before those turns, in short."""

    text: str
    grounds: tuple[str, ...] = ()
    local_only: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The turns before a question, oldest first."""

    turns: tuple[EarlierTurn, ...] = ()
    summary: EarlierSummary | None = None
    suggested_here: frozenset[str] = frozenset()
    """Questions that were suggested from what must not leave the machine: who takes one up says what it says."""

    def for_model(self, *, is_local: bool) -> History:
        """What a model may read of it."""
        if is_local:
            return self
        summary = self.summary if self.summary is not None and not self.summary.local_only else None
        return History(tuple(turn for turn in self.turns if not turn.local_only), summary)

    @property
    def grounds(self) -> frozenset[str]:
        """The items that it was made from."""
        whole = frozenset(item for turn in self.turns for item in turn.grounds)
        return whole | frozenset(self.summary.grounds if self.summary else ())


class HistoryReader:
    """Reads what came before a message."""

    def __init__(self, database: Database):
        self._database = database

    async def before(self, conversation_id: str, position: int) -> History:
        """The turns whose messages all lie before `position`; what the conversation's summary covers comes as that.

        Raises ConversationNotFoundError.
        """
        return await self._database.read(lambda connection: _before(connection, conversation_id, position))

    async def stays_here(self, item_ids: Iterable[str]) -> bool:
        """Whether one of these items must not leave the machine."""
        wanted = frozenset(item_ids)
        if not wanted:
            return False
        return await self._database.read(lambda connection: bool(kept_here(connection, wanted)))


def kept_here(connection: Connection, item_ids: Iterable[str]) -> frozenset[str]:
    """Those of the items that must not leave the machine. One that is gone for good counts: nobody knows any more."""
    wanted = frozenset(item_ids)
    if not wanted:
        return frozenset()
    free = {item.id for item in items.get_many(connection, list(wanted)) if not item.local_only}
    return wanted - free


def _before(connection: Connection, conversation_id: str, position: int) -> History:
    conversation = conversations.get(connection, conversation_id)
    messages = [m for m in conversations.messages(connection, conversation_id) if m.position < position]
    summary = conversation.summary
    covered = summary.until if summary is not None and summary.until < position else -1
    pairs = [
        (asked, answer)
        for asked, answer in pairwise(messages)
        if asked.role == "user" and answer.role == "assistant" and answer.content and answer.position > covered
    ]
    grounds = {message.id: _grounds(message) for message in messages}
    everything = {item for found in grounds.values() for item in found}
    here = kept_here(connection, everything | set(summary.grounds if summary else ()))
    suggested = frozenset(
        suggestion
        for message in messages
        if message.suggestions and not here.isdisjoint(grounds[message.id])
        for suggestion in message.suggestions
    )
    turns = tuple(
        EarlierTurn(
            question=asked.content,
            answer=_MARKERS.sub("", answer.content),
            position=answer.position,
            last_message_id=answer.id,
            grounds=grounds[answer.id],
            local_only=not here.isdisjoint(grounds[answer.id]) or asked.content.strip() in suggested,
        )
        for asked, answer in pairs
    )
    if summary is None or covered < 0:
        return History(turns, suggested_here=suggested)
    kept = EarlierSummary(summary.text, summary.grounds, not here.isdisjoint(summary.grounds))
    return History(turns, kept, suggested)


def _grounds(answer: Message) -> tuple[str, ...]:
    """All items an answer rests on; those of a Cortex that did not note them, as far as they were cited."""
    return tuple(dict.fromkeys((*answer.grounds, *(citation.item_id for citation in answer.citations))))
