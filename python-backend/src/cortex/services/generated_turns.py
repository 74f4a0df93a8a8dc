"""Generated answers that belong to a conversation: what was said there before goes in, and the exchange is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from cortex.domain.conversation import AnswerError, Message
from cortex.domain.tool_call import ToolCallRecord
from cortex.exceptions import CortexError
from cortex.services.chat_history import HistoryReader
from cortex.services.chat_tools.calls import ToolCallService
from cortex.services.conversations import ConversationService, Turn
from cortex.services.generation import Generated, GenerationRequest, GenerationService, Grounds, Token

_LEFT = AnswerError(
    "interrupted", "The client left while this was written, or Cortex stopped. What was written is kept."
)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """The question and the answer that it will get, as they are stored; comes first."""

    question_id: str
    answer_id: str


class GeneratedTurns:
    """Keeps the conversation true, whatever becomes of the answer."""

    def __init__(
        self,
        generation: GenerationService,
        conversations: ConversationService,
        history: HistoryReader,
        calls: ToolCallService,
    ):
        self._generation = generation
        self._conversations = conversations
        self._history = history
        self._calls = calls

    async def stream(
        self, conversation_id: str, request: GenerationRequest
    ) -> AsyncGenerator[StoredTurn | Token | Grounds | Generated, None]:
        """As `GenerationService.stream`, within a conversation. Closing it stores what was written so far.

        Raises what that raises, ConversationNotFoundError, ValidationError.
        """
        turn = await self._conversations.begin(conversation_id, request.message, None)
        yield StoredTurn(turn.question.id, turn.answer.id)
        said: list[str] = []
        ended = replace(turn.answer, status="interrupted", error=_LEFT)
        try:
            history = await self._history.before(conversation_id, turn.question.position)
            told = replace(request, history=history, scope=turn.question.scope)
            async with aclosing(self._generation.stream(told)) as parts:
                async for part in parts:
                    match part:
                        case Grounds(item_ids=grounds):  # whatever becomes of the answer: its text may be theirs
                            ended = replace(ended, grounds=grounds)
                            continue
                        case Token(text=text):
                            said.append(text)
                        case Generated():
                            await self._calls.keep([_of(call, turn) for call in part.calls])
                            ended = _done(turn.answer, part)
                    yield part
        except CortexError as error:
            ended = replace(ended, status="failed", error=AnswerError(error.code, error.message))
            raise
        finally:
            if not ended.content:
                ended = replace(ended, content="".join(said))
            # The client may be gone, and this task with it: what was said is stored all the same.
            await asyncio.shield(self._conversations.finish(ended))


def _of(call: ToolCallRecord, turn: Turn) -> ToolCallRecord:
    return replace(call, conversation_id=turn.answer.conversation_id, message_id=turn.answer.id)


def _done(answer: Message, part: Generated) -> Message:
    return replace(
        answer,
        content=part.text,
        status="done",
        provider=part.provider,
        model=part.model,
        usage=part.usage,
        grounds=part.grounds,
    )
