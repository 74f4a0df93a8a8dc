"""A few sentences about a digest by a language model: asked from its cited lines alone, and checked against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, Field

from cortex.db.database import Database
from cortex.db.repositories import digest_material
from cortex.domain.digest import EXTRACTIVE, DigestBody, DigestCitation, DigestLine, DigestSentence
from cortex.exceptions import AIProviderError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatIdentity, ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.citation_markers import MARKER
from cortex.services.claim_support import flaw
from cortex.services.digests.records import Draft, Proposed
from cortex.services.extraction.characters import collapse
from cortex.services.fencing import RULE, Fence
from cortex.services.model_output import structured
from cortex.services.token_estimates import tokens_at_most

log = get_logger(__name__)

_ANSWER_TOKENS = 700
_MOST_LINES = 40
_LONGEST = 400
_TASK = (
    "You write the beginning of a digest of what somebody saved in their own library, for its owner. You are given "
    "numbered quotes, in themes. Say what they say: use nothing else, write every number and every name exactly as "
    "they do, and name behind each sentence the numbers of the quotes that it rests on. Plain sentences in English: no "
    "links, no markup, no advice, nothing about yourself or the task."
)
_FIELDS = (
    "Give these fields. introduction: one to three sentences about what matters most, each with its citations. "
    "themes: for each theme its number, one sentence about what its quotes say together, and its citations."
)
_UNPLAIN = re.compile(r"[<>`\[\]{}|\\\x00-\x1f\x7f]|://|\bwww\.|\bjavascript:|\bdata:|!\(|\]\(", re.IGNORECASE)
"""What belongs into no plain sentence, whatever it would be on a page or in Markdown."""
_Numbers = Annotated[list[int], Field(max_length=12)]


class _Sentence(BaseModel):
    text: str = Field(max_length=2000)
    citations: _Numbers


class _Theme(BaseModel):
    theme: int
    sentence: str = Field(max_length=2000)
    citations: _Numbers


class _Written(BaseModel):
    introduction: list[_Sentence] = Field(max_length=6)
    themes: list[_Theme] = Field(max_length=12)


@dataclass(frozen=True, slots=True)
class _Prompt:
    request: ChatRequest
    shown: frozenset[int]


class DigestWriter:
    """Asks the gateway's models; where none can or may answer, the lines stand for themselves."""

    def __init__(self, database: Database, gateway: Gateway):
        self._database = database
        self._gateway = gateway

    async def propose(self, draft: Draft) -> Draft:
        """The draft with what a model wrote about it; as it was where none did. Never raises for want of a model."""
        ids = sorted({cited.item_id for line in draft.body.lines for cited in line.citations})
        if not any(line.citations for theme in draft.body.themes for line in theme.lines):
            return draft  # nothing is new: there is nothing to say that the lines do not
        kept = await self._database.read(lambda raw: digest_material.local_only(raw, ids))
        made: dict[ChatIdentity, _Prompt] = {}

        def build(target: Target) -> ChatRequest | None:
            prompt = _prompt(draft.body, target, kept)
            if prompt is None:
                return None
            made[target.identity] = prompt
            return prompt.request

        try:
            answer = await structured(self._gateway, build, _Written, purpose="digest", patience="background")
        except (AIProviderUnavailableError, AIProviderError) as error:
            log.info("digest is not written about", error=error.code)
            return draft
        if answer is None:
            return draft
        written, completion = answer
        prompt = made[completion.target.identity]
        proposed = [Proposed(one.text, tuple(one.citations)) for one in written.introduction]
        proposed += [Proposed(one.sentence, tuple(one.citations), one.theme) for one in written.themes if one.theme > 0]
        numbers = {cited.n for line in _told(draft.body) for cited in line.citations[:1]}
        return replace(
            draft,
            proposed=tuple(proposed),
            proposed_by=completion.target.identity.name,
            shown=tuple(sorted(prompt.shown)),
            body=replace(draft.body, withheld=len(numbers) - len(prompt.shown)),
        )


def _told(body: DigestBody) -> list[DigestLine]:
    """The lines that a model may be told of, most important first."""
    lines = [line for theme in body.themes for line in theme.lines]
    return [*lines, *body.forgotten][:_MOST_LINES]


def _prompt(body: DigestBody, target: Target, kept: Collection[str]) -> _Prompt | None:
    """As many lines as fit; those that rest on items that stay here go only to models that are here."""
    stays: Callable[[DigestLine], bool] = lambda line: (  # noqa: E731 - one condition, named
        not target.identity.is_local and any(cited.item_id in kept for cited in line.citations)
    )
    fence = Fence()
    system = f"{_TASK} {_FIELDS}\n\n{RULE}"
    answer = min(_ANSWER_TOKENS, target.capabilities.context_tokens // 3)
    left = target.capabilities.context_tokens - answer - tokens_at_most(system) - 32
    parts: list[str] = []
    shown: set[int] = set()
    # A heading is a tag or a name, perhaps of an item that stays here and stands in no line: it stays here as well.
    sections: list[tuple[str, Sequence[DigestLine]]] = [
        (theme.heading if target.identity.is_local else "", theme.lines) for theme in body.themes
    ]
    told = _told(body)
    for place, (heading, lines) in enumerate([*sections, ("Worth another look", body.forgotten)], start=1):
        is_theme = place <= len(sections)
        head = f"Theme {place}:" if is_theme else "Of no theme: older items, worth another look."
        if is_theme and heading:
            head += f"\n{fence.around(heading, about=f'theme {place}')}"
        body_lines: list[str] = []
        for line in lines:
            cited = next(iter(line.citations), None)
            if cited is None or cited.quote is None or line not in told or stays(line):
                continue
            fenced = fence.around(collapse(cited.quote), n=cited.n, title=line.title)
            cost = tokens_at_most(fenced) + 4 + (tokens_at_most(head) + 4 if not body_lines else 0)
            if cost > left:
                break
            left -= cost
            body_lines.append(fenced)
            shown.add(cited.n)
        if body_lines:
            parts += [head, *body_lines]
    if not shown:
        return None
    messages = (ChatMessage("system", system), ChatMessage("user", "\n".join(parts)))
    return _Prompt(ChatRequest(messages, max_tokens=answer), frozenset(shown))


def checked(draft: Draft) -> tuple[DigestBody, str]:
    """The body with those proposed sentences that their quotes bear out, and who wrote in it. Pure.

    A sentence that cites nothing, cites what the model did not see, holds markup or an address, or says what its
    quotes do not say, is left out: the lines, and Cortex's own counting, stand for it.
    """
    quotes = {cited.n: cited for line in draft.body.lines for cited in line.citations}
    seen = {n: quotes[n] for n in draft.shown if n in quotes}
    headings = "\n".join(theme.heading for theme in draft.body.themes)
    sentences: dict[int, list[DigestSentence]] = {}
    for one in draft.proposed:
        made = _sentence(one, seen, headings, draft.proposed_by)
        if made is not None:
            sentences.setdefault(one.theme, []).append(made)
    themes = []
    for place, theme in enumerate(draft.body.themes, start=1):
        own = {cited.n for line in theme.lines for cited in line.citations}
        good = next((one for one in sentences.get(place, ()) if own.issuperset(one.citations)), None)
        themes.append(replace(theme, sentence=good))
    introduction = (*draft.body.introduction, *sentences.get(0, ())[:3])
    by_model = len(introduction) > len(draft.body.introduction) or any(theme.sentence for theme in themes)
    body = replace(draft.body, introduction=introduction, themes=tuple(themes))
    return body, draft.proposed_by if by_model else EXTRACTIVE


def _sentence(proposed: Proposed, seen: Mapping[int, DigestCitation], headings: str, by: str) -> DigestSentence | None:
    text = collapse(MARKER.sub("", proposed.text))
    numbers = tuple(dict.fromkeys(proposed.citations))
    if not text or len(text) > _LONGEST or _UNPLAIN.search(text) or not numbers or any(n not in seen for n in numbers):
        return None
    evidence = [seen[n].quote or "" for n in numbers]
    around = "\n".join([headings, *(seen[n].title for n in numbers)])
    return DigestSentence(text, numbers, by) if flaw(text, evidence, names_known=around) is None else None
