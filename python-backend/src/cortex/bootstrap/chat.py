"""Wires what answers questions."""

from __future__ import annotations

import asyncio

from cortex.bootstrap.intelligence import Intelligence
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.db.repositories.conversations import ConversationRepository
from cortex.db.repositories.texts import TextRepository
from cortex.services.answer_checks import AnswerChecks
from cortex.services.answer_passages import AnswerPassages
from cortex.services.answer_suggestions import AnswerSuggestions
from cortex.services.chat_history import HistoryReader
from cortex.services.condensing import Condenser
from cortex.services.conversations import ConversationService
from cortex.services.history_summaries import HistorySummaries
from cortex.services.retrieval.passages import PassageRetriever
from cortex.services.settings import SettingsService
from cortex.services.written_answers import WrittenAnswers
from cortex.workflows.chat.afterwards import Afterwards
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.nodes import ChatServices


def chat(
    database: Database,
    conversations: ConversationService,
    retriever: PassageRetriever,
    intelligence: Intelligence,
    preferences: SettingsService,
    checkpoints: CheckpointStore,
    stopping: asyncio.Event,
) -> Answering:
    """Answers by the owner's models, with quotations where there are none."""
    passages = AnswerPassages(database)
    history = HistoryReader(database)

    async def may_think() -> bool:
        return (await preferences.ai()).thinking

    written = WrittenAnswers(intelligence.gateway, history, may_think)
    services = ChatServices(
        retrieve=retriever.retrieve_passages,
        passages=passages,
        history=history,
        checks=AnswerChecks(passages, TextRepository(database)),
        condense=Condenser(intelligence.gateway),
    )
    return Answering(
        conversations,
        services,
        checkpoints,
        stopping,
        answerer=written.answerer,
        check_model=intelligence.models.chain,
        afterwards=Afterwards(
            conversations,
            AnswerSuggestions(intelligence.gateway, passages, history),
            HistorySummaries(intelligence.gateway, ConversationRepository(database), history),
            retriever.retrieve_passages,
        ),
    )
