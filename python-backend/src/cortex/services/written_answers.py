"""Answers written by a language model from the passages; quoted from them where no model can answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from cortex.domain.conversation import Citation, Usage
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.providers.chat_model import (
    ChatIdentity,
    ChatPart,
    ChatRequest,
    Finished,
    TextDelta,
    ThoughtDelta,
    ToolCalls,
)
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.answer_prompts import NOT_FOUND, Prompt, Withheld, answer_prompt
from cortex.services.answers import (
    EXTRACTIVE,
    AnsweredBy,
    Answerer,
    AnswerPart,
    Inquiry,
    NotFound,
    Sources,
    Thought,
    ToolRequests,
    Words,
    narrowed,
    not_in_library,
    quote,
)
from cortex.services.chat_history import HistoryReader
from cortex.services.citation_markers import CitationMarkers

_DRESSING = " \n*`"
Thinking = Callable[[], Awaitable[bool]]
"""Whether the owner lets models think aloud."""


class WrittenAnswers:
    """Asks the gateway's models."""

    def __init__(self, gateway: Gateway, history: HistoryReader, thinking: Thinking):
        self._gateway = gateway
        self._history = history
        self._thinking = thinking

    @property
    def answerer(self) -> Answerer:
        """Named as the one who answers when no model does."""
        return Answerer(EXTRACTIVE.provider, EXTRACTIVE.model, self.answer)

    async def answer(self, inquiry: Inquiry) -> AsyncGenerator[AnswerPart, None]:
        """The answer of the first model that can give one.

        Before anything was shown, a model that is away, or that must not see what is needed, only leads to the next,
        and in the end to quotations. Raises AIProviderUnavailableError or AIProviderError later, or where a model had
        used tools before.
        """
        if inquiry.model == EXTRACTIVE.model:
            async with aclosing(_quoted(inquiry, None)) as parts:
                async for part in parts:
                    yield part
            return
        offers = _Offers(
            inquiry,
            thinking=await self._thinking(),
            exchange_stays=await self._history.stays_here(
                item for message in inquiry.exchange for item in message.get("item_ids", ())
            ),
        )
        shown = False
        try:
            async with aclosing(self._written(inquiry, offers)) as written:
                async for part in written:
                    shown = True
                    yield part
        except (AIProviderUnavailableError, AIProviderError) as error:
            if shown or inquiry.exchange:
                raise
            async with aclosing(_quoted(inquiry, offers.reason(error))) as parts:
                async for part in parts:
                    yield part

    async def _written(self, inquiry: Inquiry, offers: _Offers) -> AsyncGenerator[AnswerPart, None]:
        writing = _Writing(inquiry)
        try:
            stream = self._gateway.stream(offers.build, purpose="chat", model=inquiry.model, tell=inquiry.tell)
            async with aclosing(stream) as parts:
                async for part in parts:
                    if isinstance(part, Target):
                        prompt = offers.made[part.identity]
                        who = part.identity
                        yield AnsweredBy(who.provider, who.model, who.is_local, withheld=prompt.withheld)
                        writing.known = frozenset(each.n for each in prompt.offered)
                        yield Sources(await offers.sources(part.identity))
                        continue
                    for said in writing.take(part):
                        yield said
        finally:
            offers.close()


async def _quoted(inquiry: Inquiry, reason: str | None) -> AsyncGenerator[AnswerPart, None]:
    yield AnsweredBy(EXTRACTIVE.provider, EXTRACTIVE.model, local=True, message=reason)
    async with aclosing(quote(inquiry)) as parts:
        async for part in parts:
            yield part


class _Offers:
    """Makes the prompt for each model that might answer, and remembers what each was offered."""

    def __init__(self, inquiry: Inquiry, *, thinking: bool, exchange_stays: bool):
        self._inquiry = inquiry
        self._thinking = thinking
        self._exchange_stays = exchange_stays
        self._withheld = 0
        self.made: dict[ChatIdentity, Prompt] = {}
        self._narrowing: dict[ChatIdentity, asyncio.Task[tuple[Citation, ...]]] = {}

    def build(self, target: Target) -> ChatRequest | None:
        """The request for a target; None when it must not or cannot be asked."""
        if self._exchange_stays and not target.identity.is_local:
            return None
        prompt = answer_prompt(self._inquiry, target, thinking=self._thinking)
        if isinstance(prompt, Withheld):
            self._withheld = prompt.passages
        if not isinstance(prompt, Prompt):
            return None
        self.made[target.identity] = prompt
        self._stop_narrowing(target.identity)  # of another try
        # While the model reads, find what each passage has to say: nobody waits for that.
        work = asyncio.to_thread(narrowed, self._inquiry.standalone, prompt.offered)
        self._narrowing[target.identity] = asyncio.create_task(work)
        return prompt.request

    async def sources(self, identity: ChatIdentity) -> tuple[Citation, ...]:
        """What a model's numbers stand for, each passage cut down to what it has to say to the question."""
        return await self._narrowing[identity]

    def close(self) -> None:
        """Nobody needs the sources any more."""
        for identity in list(self._narrowing):
            self._stop_narrowing(identity)

    def _stop_narrowing(self, identity: ChatIdentity) -> None:
        if task := self._narrowing.pop(identity, None):
            task.cancel()

    def reason(self, error: AIProviderUnavailableError | AIProviderError) -> str:
        """Why no model answers, for a person to read."""
        if self._withheld and not self.made:
            many = "passage" if self._withheld == 1 else "passages"
            return (
                f"{self._withheld} {many} may not leave this device, and no model on it can answer now. "
                "The answer is quoted instead."
            )
        return f"{error.message} The answer is quoted instead."


class _Writing:
    """Turns what a model says into the parts of an answer."""

    def __init__(self, inquiry: Inquiry):
        self._inquiry = inquiry
        self._markers: CitationMarkers | None = None
        self._head: str | None = ""
        """What may become the sign that nothing was found; None once that is decided."""
        self._denied = False
        self._wrote = False
        self.known: frozenset[int] = frozenset()

    def take(self, part: ChatPart) -> list[AnswerPart]:
        """The parts that one part of the model's makes."""
        match part:
            case TextDelta():
                return self._said(part.text)
            case ThoughtDelta():
                return [Thought(part.text)]
            case ToolCalls():
                return [*self._flushed(), ToolRequests(part.calls)]
            case Finished():
                used = part.usage
                cut: list[AnswerPart] = [Words(" …")] if part.reason == "length" else []
                return [*self._end(), *cut, Usage().plus(used.prompt_tokens, used.completion_tokens, used.cost_usd)]

    def _said(self, text: str) -> list[AnswerPart]:
        parts: list[AnswerPart] = []
        if self._head is not None:
            self._head += text
            beginning = self._head.lstrip(_DRESSING).lower()
            if len(beginning) < len(NOT_FOUND) and NOT_FOUND.startswith(beginning):
                return []
            text, self._head = self._head, None
            if beginning.startswith(NOT_FOUND):
                self._denied = True
                parts.append(NotFound())
                text = text.lstrip(_DRESSING)[len(NOT_FOUND) :].lstrip(_DRESSING + ":.-–—")
        return parts + self._shown(self._marked().feed(text))

    def _marked(self) -> CitationMarkers:
        if self._markers is None:
            self._markers = CitationMarkers(frozenset() if self._denied else self.known)
        return self._markers

    def _shown(self, text: str) -> list[AnswerPart]:
        if not self._wrote:
            text = text.lstrip()
        self._wrote = self._wrote or bool(text)
        return [Words(text)] if text else []

    def _flushed(self) -> list[AnswerPart]:
        head, self._head = self._head, None
        return self._shown(self._marked().feed(head or "") + self._marked().flush())

    def _end(self) -> list[AnswerPart]:
        parts = self._flushed()
        if self._denied and not self._wrote:
            parts.append(Words(not_in_library(self._inquiry.scope)))
        return parts
