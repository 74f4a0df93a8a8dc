"""What Cortex itself adds before an answer's first word: the graph, the gateway, the prompt, the stored question.

    cd scripts && ../.venv/bin/python -m benchmarks.answers

A model that answers at once is asked about twenty passages of `corpora/evidence` that a retrieval which takes no time
finds. Measured are the time until the question is stored, from there to the first piece of the answer, and the whole.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpora import DATA
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.migrate import migrate
from cortex.db.repositories import chunks, items
from cortex.db.repositories.conversations import ConversationRepository
from cortex.db.repositories.texts import TextRepository
from cortex.domain import clock
from cortex.domain.chunk import ChunkDraft, chunk_id
from cortex.domain.ids import new_id
from cortex.domain.item import Item
from cortex.domain.search import Filters, Passage
from cortex.providers.chat_model import ChatCapabilities
from cortex.providers.fake_chat import FakeChatModel
from cortex.providers.gateway.gateway import Gateway
from cortex.services.answer_checks import AnswerChecks
from cortex.services.answer_passages import AnswerPassages
from cortex.services.chat_history import HistoryReader
from cortex.services.conversations import ConversationService
from cortex.services.events import EventBus
from cortex.services.written_answers import WrittenAnswers
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.nodes import ChatServices

ASKED = 200
WARM = 20
_SIZE = 1200
_QUESTION = "What did the president say about the economy, and about jobs in particular?"
_ANSWER = "The economy created fifteen million new jobs [1]. Unemployment is at its lowest in fifty years [2]."


async def _library(folder: Path) -> tuple[Database, list[Passage]]:
    """A library with the first passages of a text."""
    text = (DATA / "corpora" / "evidence" / "state_of_the_union.md").read_text(encoding="utf-8")[: 20 * _SIZE]
    database = Database(folder / "cortex.db")
    await database.open()
    await migrate(database, backups=None)
    moment = clock.now()
    item = Item(new_id("item"), "State of the Union", "note", "manual", "ready", moment, moment)

    def store(connection: Connection) -> list[int]:
        items.insert(connection, item, title_by_user=False, site=None)
        version = items.add_version(connection, item.id, items.NewVersion("0" * 64, "text/plain"))
        items.store_extraction(connection, item.id, version, html="", text=text, blocks="[]", warnings=[])
        number = connection.execute("SELECT number FROM items WHERE id = ?", (item.id,)).fetchone()[0]
        drafts = [
            ChunkDraft(place, start, min(start + _SIZE, len(text)), None, (), 250)
            for place, start in enumerate(range(0, len(text), _SIZE))
        ]
        return chunks.replace_all(connection, number, version, text, drafts)

    numbers = await database.write(store)
    return database, [
        Passage(
            chunk_id(number), item.id, item.title, None, text[place * _SIZE : (place + 1) * _SIZE], "",
            place * _SIZE, (place + 1) * _SIZE, None, 1, 1.0, 0.6, 5.0, (), (), 0.9,
        )
        for place, number in enumerate(numbers)
    ]  # fmt: skip


async def _measured(folder: Path) -> dict[str, Any]:
    database, passages = await _library(folder)

    async def retrieve(query: str, scope: Filters, *, limit: int, stays_here: bool = False) -> Sequence[Passage]:
        return passages[:limit]

    model = FakeChatModel(lambda _: _ANSWER, capabilities=ChatCapabilities(8192, schema=True))

    async def chain(_: str | None) -> Sequence[FakeChatModel]:
        return [model]

    async def no() -> bool:
        return False

    history, read = HistoryReader(database), AnswerPassages(database)
    conversations = ConversationService(ConversationRepository(database), EventBus())
    gateway = Gateway(chain)
    answering = Answering(
        conversations,
        ChatServices(
            retrieve=retrieve,
            passages=read,
            history=history,
            checks=AnswerChecks(read, TextRepository(database)),
        ),
        CheckpointStore(None),
        asyncio.Event(),
        answerer=WrittenAnswers(gateway, history, no).answerer,
    )
    stored: list[float] = []
    first: list[float] = []
    whole: list[float] = []
    for number in range(WARM + ASKED):
        conversation, _ = await conversations.create()
        started = time.perf_counter()
        stream = await answering.ask(conversation.id, _QUESTION)
        asked = time.perf_counter()
        async for event in stream.follow():
            if event["type"] == "chunk" and number >= WARM and len(first) < number - WARM + 1:
                stored.append(1000 * (asked - started))
                first.append(1000 * (time.perf_counter() - asked))
            if event["type"] == "done" and number >= WARM:
                whole.append(1000 * (time.perf_counter() - started))
    await answering.close()
    await gateway.aclose()
    await database.close()
    return {
        "answers": ASKED,
        "question_stored_ms": {"median": _quantile(stored, 0.5), "p95": _quantile(stored, 0.95)},
        "first_word_ms": {"median": _quantile(first, 0.5), "p95": _quantile(first, 0.95)},
        "whole_ms": {"median": _quantile(whole, 0.5), "p95": _quantile(whole, 0.95)},
    }


def _quantile(values: Sequence[float], share: float) -> float:
    return round(sorted(values)[int(share * (len(values) - 1))], 2)


def run() -> dict[str, Any]:
    """All figures. Raises FileNotFoundError without the evaluation data."""
    with tempfile.TemporaryDirectory(prefix="cortex-bench-") as directory:
        return asyncio.run(_measured(Path(directory)))


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
