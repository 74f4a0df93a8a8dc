"""Checks a written answer against the passages that it cites, and keeps the citations that it really uses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cortex.db.repositories.texts import TextRepository
from cortex.domain.conversation import Citation, Claim
from cortex.services import citations as stored_citations
from cortex.services.answer_passages import AnswerPassages
from cortex.services.answers import NumberedPassage, narrowed
from cortex.services.claim_support import flaw
from cortex.services.claims import Statement, statements

_ABOUT_THE_LIBRARY = re.compile(
    r"\b(?:passages?|librar(?:y|ies)|sources?|notes?|documents?|texts?|information|context|answer)\b", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:not|no|none|nothing|cannot|without|unclear|missing|silent|unable)\b|n[’']t\b", re.IGNORECASE
)
_OF_ITSELF = re.compile(
    r"(?:here (?:is|are)|in (?:summary|short)|i (?:am|have|can|could|do|don)\b|i[’'])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """What became of an answer under the check."""

    claims: tuple[Claim, ...]
    """Each with whether its passages bear it out."""
    citations: tuple[Citation, ...]
    """Those that it really uses."""
    found: bool
    """False when it says, in one way or another, that the passages do not hold the answer; it cites nothing then."""


class AnswerChecks:
    """Reads the passages and compares."""

    def __init__(self, passages: AnswerPassages, texts: TextRepository):
        self._passages = passages
        self._texts = texts

    async def stand(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """The citations, each with whether its quote stands word for word where it says."""
        return await stored_citations.verify(citations, self._texts)

    async def check(
        self, content: str, offered: Sequence[Citation], *, question: str, found: bool = True
    ) -> CheckedAnswer:
        """What an answer claims and cites. With `found` False it is known to say that nothing was found.

        Each citation's quote becomes the sentence or few that bear out most of what is claimed by it.
        """
        passages = await self._passages.read([{"n": one.n, "chunk_id": one.chunk_id} for one in offered])
        by_number = {each.n: each for each in passages}
        claims, said = await asyncio.to_thread(checked, content, by_number, question)
        if not found or (not said and is_denial(content)):
            return CheckedAnswer(claims, (), found=False)
        cited = [one for one in offered if one.n in said]
        better = await asyncio.to_thread(_narrowed, cited, by_number, said)
        return CheckedAnswer(claims, await self.stand(better), found=True)


def checked(
    content: str, passages: Mapping[int, NumberedPassage], question: str
) -> tuple[tuple[Claim, ...], dict[int, list[str]]]:
    """The claims of an answer, and for each number what is claimed by it. Pure."""
    made = statements(content)
    claims: list[Claim] = []
    said: dict[int, list[str]] = {}
    for place, statement in enumerate(made):
        claim = _claim(statement, made[place + 1 :], passages, question)
        if claim is None:
            continue
        claims.append(claim)
        for number in claim.citations:
            said.setdefault(number, []).append(statement.text)
    return tuple(claims), said


def _claim(
    statement: Statement, following: Sequence[Statement], passages: Mapping[int, NumberedPassage], question: str
) -> Claim | None:
    cited = tuple(number for number in statement.citations if number in passages)
    if cited:
        reason = _flaw(statement, cited, passages, question)
        return Claim(statement.start, statement.end, cited, reason is None, reason)
    if _is_no_fact(statement.text):
        return None
    # Several sentences may share the marker behind the last of them.
    later = next((one for one in following if one.paragraph == statement.paragraph and one.citations), None)
    shared = tuple(number for number in later.citations if number in passages) if later is not None else ()
    if shared and _flaw(statement, shared, passages, question) is None:
        return Claim(statement.start, statement.end, shared, True)
    return Claim(statement.start, statement.end, (), False, "uncited")


def _flaw(
    statement: Statement, cited: Sequence[int], passages: Mapping[int, NumberedPassage], question: str
) -> str | None:
    evidence = [passages[number].passage for number in cited]
    around = "\n".join([question, *(f"{each.title}\n{each.heading}" for each in evidence)])
    return flaw(statement.text, [each.text for each in evidence], names_known=around)


def _is_no_fact(text: str) -> bool:
    """Whether a sentence speaks of the answer or of what is missing, not of the world."""
    return bool(_OF_ITSELF.match(text) or (_ABOUT_THE_LIBRARY.search(text) and _DENIES.search(text)))


def is_denial(content: str) -> bool:
    """Whether an answer begins by saying that the library does not tell, in English: models forget the sign for it."""
    first = next(iter(statements(content)), None)
    return first is not None and bool(_ABOUT_THE_LIBRARY.search(first.text) and _DENIES.search(first.text))


def _narrowed(
    cited: Sequence[Citation], passages: Mapping[int, NumberedPassage], said: Mapping[int, Sequence[str]]
) -> list[Citation]:
    better: list[Citation] = []
    for one in cited:
        passage = passages.get(one.n)
        found = narrowed(" ".join(said[one.n]), [passage]) if passage is not None else ()
        better.append(replace(found[0], n=one.n) if found else one)
    return better
