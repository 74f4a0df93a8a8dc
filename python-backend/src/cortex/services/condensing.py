"""Follow-up questions made to stand alone by a language model: the one call that may come before the first word."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from cortex.domain.conversation import Usage
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ValidationError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatRequest
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.answer_prompts import condensing_request
from cortex.services.chat_history import History
from cortex.services.follow_ups import leans_back

log = get_logger(__name__)

SECONDS = 6.0
"""A searcher waits: after this the words of the questions before have to do."""
LONGEST = 400
"""Characters of a condensed question. What is longer is an answer, or a lecture."""


@dataclass(frozen=True, slots=True)
class Condensed:
    """A question that stands alone, and what it cost to make it."""

    question: str
    usage: Usage


class Condense(Protocol):
    """Makes a question stand alone; None where that is not needed or did not work in time."""

    async def __call__(self, question: str, history: History, *, model: str | None = None) -> Condensed | None:
        """Never raises for a model that is away or slow."""
        ...


class Condenser:
    """Asks the owner's model."""

    def __init__(self, gateway: Gateway, *, seconds: float = SECONDS):
        self._gateway = gateway
        self._seconds = seconds

    async def __call__(self, question: str, history: History, *, model: str | None = None) -> Condensed | None:
        """The question as it would be asked by somebody who comes in now."""
        if not history.turns or not leans_back(question) or model == "extractive":
            return None

        def build(target: Target) -> ChatRequest | None:
            if not target.identity.is_local and question.strip() in history.suggested_here:
                return None
            return condensing_request(question, history.for_model(is_local=target.identity.is_local), target)

        try:
            async with asyncio.timeout(self._seconds):
                said = await self._gateway.complete(build, purpose="condense", patience="interactive", model=model)
        except (TimeoutError, AIProviderUnavailableError, AIProviderError, ValidationError) as error:
            log.info("follow-up not condensed", reason=type(error).__name__)
            return None
        condensed = " ".join(said.text.split()).strip('"“”')
        if not condensed or len(condensed) > LONGEST or said.reason != "stop":
            return None
        used = said.usage
        return Condensed(condensed, Usage().plus(used.prompt_tokens, used.completion_tokens, used.cost_usd))
