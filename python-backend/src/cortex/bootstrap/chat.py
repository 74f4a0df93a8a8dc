"""Wires what answers questions."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from cortex.bootstrap.intelligence import Intelligence
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.db.repositories.conversations import ConversationRepository
from cortex.db.repositories.texts import TextRepository
from cortex.services.answer_checks import AnswerChecks
from cortex.services.answer_passages import AnswerPassages
from cortex.services.answer_suggestions import AnswerSuggestions
from cortex.services.chat_history import HistoryReader
from cortex.services.chat_tools.calls import ToolCallService
from cortex.services.condensing import Condenser
from cortex.services.conversations import ConversationService
from cortex.services.history_summaries import HistorySummaries
from cortex.services.retrieval.passages import PassageRetriever
from cortex.services.settings import SettingsService
from cortex.services.written_answers import WrittenAnswers
from cortex.workflows.chat.acting import Acting
from cortex.workflows.chat.afterwards import Afterwards
from cortex.workflows.chat.answering import Answering
from cortex.workflows.chat.approvals import Approvals
from cortex.workflows.chat.nodes import ChatServices


@dataclass(frozen=True, slots=True)
class Chat:
    """What answers questions, and what waits for the owner while it does."""

    answering: Answering
    approvals: Approvals


async def chat(
    stack: contextlib.AsyncExitStack,
    database: Database,
    conversations: ConversationService,
    retriever: PassageRetriever,
    intelligence: Intelligence,
    preferences: SettingsService,
    checkpoints: CheckpointStore,
    stopping: asyncio.Event,
    calls: ToolCallService,
) -> Chat:
    """Answers by the owner's models, with quotations where there are none; those that waited wait again. `stack`
    closes it."""
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
        tools=Acting(calls).tools,
    )
    answering = Answering(
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
    stack.push_async_callback(answering.close)
    approvals = Approvals(answering, conversations, calls, stopping)
    stack.push_async_callback(approvals.close)
    await approvals.recover()
    return Chat(answering, approvals)
