"""Follow-up questions made to stand alone by a language model: the one call that may come before the first word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from cortex.domain.conversation import Usage
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ValidationError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatRequest, Finished, TextDelta
from cortex.providers.gateway.gateway import Build, Gateway, Target
from cortex.providers.gateway.notices import Notice, Tell, nobody_listens
from cortex.services.answer_prompts import condensing_request
from cortex.services.chat_history import History
from cortex.services.follow_ups import leans_back

log = get_logger(__name__)

SECONDS = 6.0
"""Somebody waits: after this the words of the questions before have to do. Loading the model does not count, as the
answer needs it loaded, too, and a caller who leaves makes an Ollama give up loading."""
LOADING_SECONDS = 180.0
SLOW_SECONDS = 600.0
"""So long a model that took too long is not asked again: each follow-up would wait in vain."""
LONGEST = 400
"""Characters of a condensed question. What is longer is an answer, or a lecture."""


@dataclass(frozen=True, slots=True)
class Condensed:
    """A question that stands alone, and what it cost to make it."""

    question: str
    usage: Usage
    stays_here: bool = False
    """Whether it was made from what must not leave the machine."""


class Condense(Protocol):
    """Makes a question stand alone; None where that is not needed or did not work in time."""

    async def __call__(
        self, question: str, history: History, *, model: str | None = None, tell: Tell = nobody_listens
    ) -> Condensed | None:
        """Never raises for a model that is away or slow."""
        ...


class Condenser:
    """Asks the owner's model."""

    def __init__(self, gateway: Gateway, *, seconds: float = SECONDS, now: Callable[[], float] = time.monotonic):
        self._gateway = gateway
        self._seconds = seconds
        self._now = now
        self._slow_until = 0.0

    async def __call__(
        self, question: str, history: History, *, model: str | None = None, tell: Tell = nobody_listens
    ) -> Condensed | None:
        """The question as it would be asked by somebody who comes in now."""
        if not history.turns or not leans_back(question) or model == "extractive" or self._now() < self._slow_until:
            return None

        def build(target: Target) -> ChatRequest | None:
            if not target.identity.is_local and question.strip() in history.suggested_here:
                return None
            return condensing_request(question, history.for_model(is_local=target.identity.is_local), target)

        try:
            condensed = await self._said(build, model, tell)
        except TimeoutError:
            self._slow_until = self._now() + SLOW_SECONDS
            log.info("follow-up not condensed in time")
        except (AIProviderUnavailableError, AIProviderError, ValidationError) as error:
            log.info("follow-up not condensed", reason=type(error).__name__)
        else:
            # A model elsewhere has not seen any of it, but then a search elsewhere loses little by staying here.
            stays = any(turn.local_only for turn in history.turns) or question.strip() in history.suggested_here
            return replace(condensed, stays_here=stays) if condensed is not None else None
        return None

    async def _said(self, build: Build, model: str | None, tell: Tell) -> Condensed | None:
        """What the model makes of it; None when that is no question. Raises TimeoutError."""
        clock = asyncio.get_running_loop().time
        text = ""
        async with asyncio.timeout(self._seconds) as limit:

            def noticed(notice: Notice) -> None:
                if notice.kind == "loading":
                    limit.reschedule(clock() + LOADING_SECONDS)
                tell(notice)

            stream = self._gateway.stream(build, purpose="condense", model=model, tell=noticed)
            async with aclosing(stream) as parts:
                async for part in parts:
                    match part:
                        case Target():
                            limit.reschedule(clock() + self._seconds)
                        case TextDelta():
                            text += part.text
                        case Finished(reason="stop", usage=used):
                            condensed = " ".join(text.split()).strip('"“”')
                            if not condensed or len(condensed) > LONGEST:
                                return None
                            usage = Usage().plus(used.prompt_tokens, used.completion_tokens, used.cost_usd)
                            return Condensed(condensed, usage)
        return None
