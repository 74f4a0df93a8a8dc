"""A library with one note in it, and what retrieval is said to find in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate
from cortex.db.repositories import chunks, items
from cortex.db.repositories.conversations import ConversationRepository
from cortex.db.repositories.texts import TextRepository
from cortex.domain import clock
from cortex.domain.chunk import ChunkDraft, chunk_id
from cortex.domain.conversation import Message
from cortex.domain.ids import new_id
from cortex.domain.item import Item
from cortex.domain.search import Filters, Passage
from cortex.services.answer_checks import AnswerChecks
from cortex.services.answer_passages import AnswerPassages
from cortex.services.answer_streams import AnswerStream
from cortex.services.answers import EXTRACTIVE, Answerer
from cortex.services.chat_history import HistoryReader
from cortex.services.conversations import ConversationService
from cortex.services.events import EventBus
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.nodes import ChatServices
from cortex.workflows.chat.state import ChatTools

TEXT = (
    "The lighthouse at Skerry Point was built in 1871 by Ada Moreland. 🙂 It was automated a century later.\n\n"
    "Its lamp burned colza oil at first. Paraffin replaced the colza oil in 1890, which halved the cost.\n\n"
    "Visitors may climb the tower from May to September."
)


@dataclass
class Library:
    """One stored note, and what retrieval found in it."""

    database: Database
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    passages: list[Passage] = field(default_factory=list)
    asked: list[tuple[str, Filters]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        self.conversations = ConversationService(ConversationRepository(self.database), EventBus())

    async def retrieve(self, query: str, scope: Filters, *, limit: int, stays_here: bool = False) -> Sequence[Passage]:
        self.asked.append((query, scope))
        await self.gate.wait()
        return self.passages[:limit]

    def answering(
        self,
        answerer: Answerer = EXTRACTIVE,
        *,
        tools: ChatTools | None = None,
        checkpoints: CheckpointStore | None = None,
    ) -> Answering:
        passages = AnswerPassages(self.database)
        services = ChatServices(
            retrieve=self.retrieve,
            passages=passages,
            history=HistoryReader(self.database),
            checks=AnswerChecks(passages, TextRepository(self.database)),
            tools=tools,
        )
        store = checkpoints or CheckpointStore(None)
        return Answering(self.conversations, services, store, self.stopping, answerer=answerer)


@asynccontextmanager
async def library_at(tmp_path: Path) -> AsyncIterator[Library]:
    """A library with one note, in a folder."""
    database = Database(tmp_path / "cortex.db")
    await database.open()
    await migrate(database, backups=None)
    moment = clock.now()
    note = Item(new_id("item"), "Skerry Point", "note", "manual", "ready", moment, moment)

    def store(connection: Connection) -> int:
        items.insert(connection, note, title_by_user=False, site=None)
        version = items.add_version(connection, note.id, items.NewVersion("0" * 64, "text/plain"))
        items.store_extraction(connection, note.id, version, html="", text=TEXT, blocks="[]", warnings=[])
        number = connection.execute("SELECT number FROM items WHERE id = ?", (note.id,)).fetchone()[0]
        draft = ChunkDraft(0, 0, len(TEXT), None, (), 60)
        return chunks.replace_all(connection, number, version, TEXT, [draft])[0]

    number = await database.write(store)
    passage = Passage(
        chunk_id=chunk_id(number),
        item_id=note.id,
        title=note.title,
        url=None,
        text=TEXT,
        heading="",
        start=0,
        end=len(TEXT),
        page=None,
        content_version=1,
        score=1.0,
        cosine=0.7,
        bm25=9.0,
        matched_terms=("lighthous", "built"),
        missing_terms=(),
        coverage=1.0,
    )
    yield Library(database, passages=[passage])
    await database.close()


async def answer_of(stream: AnswerStream) -> Message:
    """The answer, once it is stored."""
    await stream.rested()
    assert stream.answer is not None
    return stream.answer
