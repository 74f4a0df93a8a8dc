"""The steps of an answer. Each takes what it needs from the state and gives what it found out."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from cortex.db.repositories.texts import TextRepository
from cortex.domain.conversation import AnswerScope, Citation, Usage
from cortex.domain.search import Filters
from cortex.services import citations, evidence
from cortex.services.answers import Sources, Words, not_in_library
from cortex.services.follow_ups import loosely, stand_alone
from cortex.workflows.chat.state import ChatState, RetrievePassages

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

PASSAGES = 20


class ChatNodes:
    """Bound to what the steps work with. Events go out through the graph's custom stream."""

    def __init__(self, retrieve: RetrievePassages, texts: TextRepository):
        self._retrieve = retrieve
        self._texts = texts

    async def condense(self, state: ChatState, runtime: Runtime[Any]) -> ChatState:
        """A follow-up question becomes one that can be searched by itself."""
        runtime.stream_writer({"type": "status", "stage": "searching"})
        return {"standalone": loosely(stand_alone(state["question"], state["earlier"]))}

    async def retrieve(self, state: ChatState) -> ChatState:
        """The passages that may answer, within scope."""
        within = filters_of(state["scope"])
        return {"passages": tuple(await self._retrieve(state["standalone"], within, limit=PASSAGES))}

    async def judge(self, state: ChatState) -> ChatState:
        """Whether they do: by their scores, so that no model stands between the question and the first word."""
        return {"found": evidence.judge(state["passages"]).is_enough}

    @staticmethod
    def after_judging(state: ChatState) -> str:
        """The name of the next step."""
        return "compose" if state["found"] else "decline"

    async def compose(self, state: ChatState, runtime: Runtime[Any]) -> ChatState:
        """The answer, streamed as it comes."""
        runtime.stream_writer({"type": "status", "stage": "answering"})
        content, cited, usage = "", tuple[Citation, ...](), Usage()
        async with aclosing(state["answerer"].answer(state["standalone"], state["passages"])) as parts:  # type: ignore[type-var] # an async generator
            async for part in parts:
                if isinstance(part, Sources):
                    cited = await citations.verify(part.citations, self._texts)
                    runtime.stream_writer({"type": "sources", "citations": cited})
                elif isinstance(part, Words):
                    content += part.text
                    runtime.stream_writer({"type": "chunk", "content": part.text})
                else:
                    usage = part
        return {"content": content, "citations": cited, "usage": usage}

    async def decline(self, state: ChatState, runtime: Runtime[Any]) -> ChatState:
        """Say that the library does not hold it."""
        words = not_in_library(state["scope"])
        runtime.stream_writer({"type": "sources", "citations": ()})
        runtime.stream_writer({"type": "chunk", "content": words})
        return {"content": words, "citations": (), "usage": Usage()}


def filters_of(scope: AnswerScope) -> Filters:
    """A conversation's scope as search knows it."""
    collections = (scope.collection_id,) if scope.collection_id is not None else ()
    return Filters(item_ids=scope.item_ids, tags=scope.tags, collections=collections)
