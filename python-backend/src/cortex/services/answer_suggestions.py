"""Questions to go on with after an answer, each of which the library can answer; and a title, while it is at it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field

from cortex.db.repositories.chunks import HEADING_SEPARATOR
from cortex.domain.conversation import Message, Usage
from cortex.domain.search import Passage
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Build, Gateway, Target
from cortex.services import evidence
from cortex.services.answer_passages import AnswerPassages, noted
from cortex.services.answers import NumberedPassage
from cortex.services.chat_history import HistoryReader
from cortex.services.claim_support import is_english
from cortex.services.fencing import RULE, Fence
from cortex.services.follow_ups import loosely
from cortex.services.model_output import structured
from cortex.services.token_estimates import beginning_within

log = get_logger(__name__)

MOST = 3
LONGEST = 160
_NEARBY = 8
_NEAR = 0.4
"""Of what is enough to answer the question itself."""
_ANSWER_TOKENS = 500
_TOKENS = 220

_TASK = f"""After an answer from the owner's library you suggest how to go on.
{RULE}
Give up to {MOST} short questions that the owner may ask next. Each must be about what the answer or the passages \
nearby tell, must be understandable by itself (with names, no "it" or "this"), and must not have been answered yet. \
Give also a title for the conversation, of at most six words. Use the language of the owner's question."""

Find = Callable[[str], Awaitable[Sequence[Passage]]]
"""Finds passages for a question within the answer's scope, on this machine where the answer must not leave it."""


class GoingOn(BaseModel):
    """What the model suggests."""

    questions: Annotated[list[str], Field(max_length=6)]
    title: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """How to go on. `title` is None where nobody thought of one."""

    questions: tuple[str, ...]
    title: str | None = None
    usage: Usage | None = None
    """Of the answer and of this together; None when this cost nothing."""


class AnswerSuggestions:
    """Thinks of them, by a model or without."""

    def __init__(self, gateway: Gateway, passages: AnswerPassages, history: HistoryReader):
        self._gateway = gateway
        self._passages = passages
        self._history = history

    async def stays_here(self, answer: Message) -> bool:
        """Whether what is suggested after an answer must not leave the machine."""
        return await self._history.stays_here(answer.grounds)

    async def written(self, question: str, answer: Message, find: Find) -> Suggested | None:
        """By the owner's model; None where there is none, or it thought of nothing that the library can answer."""
        nearby = await self._nearby(question, answer, find)
        stays = await self._history.stays_here(answer.grounds)
        try:
            made = await structured(
                self._gateway, _build(question, answer, nearby, stays=stays), GoingOn, purpose="suggest"
            )
        except (AIProviderUnavailableError, AIProviderError) as error:
            log.info("no suggestions by a model", reason=type(error).__name__)
            return None
        if made is None:
            return None
        going_on, completion = made
        used = completion.usage
        usage = (answer.usage or Usage()).plus(used.prompt_tokens, used.completion_tokens, used.cost_usd)
        kept = await _answerable(going_on.questions, question, find)
        return Suggested(kept, " ".join(going_on.title.split()) or None, usage)

    async def found(self, question: str, answer: Message, find: Find) -> Suggested:
        """From what stands near the answer in the library: its headings, and other titles."""
        nearby = await self._nearby(question, answer, find)
        return Suggested(await _answerable(_asked_of(nearby, english=is_english(question)), question, find))

    async def _nearby(self, question: str, answer: Message, find: Find) -> list[NumberedPassage]:
        """The passages that the answer does not cite, of the items that it cites and of others that come near."""
        cited = {citation.chunk_id for citation in answer.citations}
        told = {citation.item_id for citation in answer.citations}
        near = [
            passage
            for passage in await find(loosely(question))
            if passage.chunk_id not in cited
            and (passage.item_id in told or evidence.judge([passage]).strength >= _NEAR)
        ]
        passages = await self._passages.read(noted(near[:_NEARBY]))
        # Of an answer that may leave the machine the suggestions may, too.
        stays = await self._history.stays_here(answer.grounds)
        return [each for each in passages if stays or not each.local_only]


def _build(question: str, answer: Message, nearby: Sequence[NumberedPassage], *, stays: bool) -> Build:
    def build(target: Target) -> ChatRequest | None:
        is_local = target.identity.is_local
        if stays and not is_local:
            return None
        fence = Fence()
        told = [fence.around(beginning_within(answer.content, _ANSWER_TOKENS), what="answer")]
        told += [
            fence.around(beginning_within(each.passage.text, 60), title=each.passage.title, under=each.passage.heading)
            for each in nearby
            if is_local or not each.local_only
        ]
        asked = f"The owner asked: {' '.join(question.split())[:600]}\n\nThe answer, and passages nearby:\n"
        return ChatRequest(
            (ChatMessage("system", _TASK), ChatMessage("user", asked + "\n".join(told))), max_tokens=_TOKENS
        )

    return build


def _asked_of(nearby: Sequence[NumberedPassage], *, english: bool) -> Iterator[str]:
    """A question for each heading and title that has not been named yet."""
    named: set[str] = set()
    for each in nearby:
        title = " ".join(each.passage.title.split())
        heading = " ".join(each.passage.heading.rpartition(HEADING_SEPARATOR)[2].split())
        subject = heading if heading and heading.casefold() != title.casefold() else title
        if not subject or subject.casefold() in named:
            continue
        named.add(subject.casefold())
        if not english:
            yield f"{title}: {subject}?" if subject != title else f"{title}?"
        elif subject == title:
            yield f"What does “{title}” say?"
        else:
            yield f"What does “{title}” say about “{subject}”?"


async def _answerable(questions: Sequence[str] | Iterator[str], asked: str, find: Find) -> tuple[str, ...]:
    """The first few that are new and that the library holds evidence for."""
    kept: dict[str, str] = {asked.casefold().strip(" ?"): ""}
    for proposed in questions:
        question = " ".join(proposed.split())
        known = question.casefold().strip(" ?")
        if not known or known in kept or len(question) > LONGEST:
            continue
        if evidence.judge(await find(loosely(question))).is_enough:
            kept[known] = question
        if len(kept) > MOST:
            break
    return tuple(kept.values())[1:]
