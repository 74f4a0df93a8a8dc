"""One document on its way to a language model, and how much of it fits where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cortex.domain.document import Block
from cortex.domain.item import Item
from cortex.domain.written import PartNotes
from cortex.providers.chat_model import ChatRequest
from cortex.providers.gateway.gateway import Build, Patience, Target
from cortex.services.model_output import room_for
from cortex.services.summaries import summarise
from cortex.services.tag_offers import TagOffers
from cortex.services.token_estimates import tokens_at_most
from cortex.services.written_facts import Facts
from cortex.services.written_parts import Part, Plan, plan_parts
from cortex.services.written_prompts import About, ask_part, ask_whole, cost_of
from cortex.services.written_shape import NotedPart, WrittenItem

ANSWER_TOKENS = 1200
NOTES_TOKENS = 600
_MOST_READ = 12_000
"""Tokens of a document that are read in one request, however large the model's context is."""
_LEAST_ROOM = 128
SLACK = 48
"""Tokens by which two requests of the same words may differ: the names of their fences are drawn by lot."""


@dataclass(frozen=True, slots=True)
class WritingTask:
    """One document on its way to a model."""

    item: Item
    number: int
    text: str
    blocks: Sequence[Block]
    facts: Facts
    offers: TagOffers
    target: Target
    local_only: bool
    patience: Patience
    temperature: float

    def fitting(self, make: Callable[[Target, int], ChatRequest]) -> Build:
        """The request for a target that can take all of it: one that is asked in another's place may have less room."""

        def build(target: Target) -> ChatRequest | None:
            room = target.capabilities.context_tokens
            request = make(target, room)
            return replace(request, temperature=self.temperature) if cost_of(request) <= room else None

        return build

    def about(self, target: Target) -> About:
        """What this target may know beside the text."""
        tags = self.offers.here if target.identity.is_local else self.offers.elsewhere
        return About(self.item.title, self.item.language, tags)


def answer_tokens(room: int, most: int) -> int:
    """Tokens of an answer: no more than a third of what there is."""
    return min(most, room // 3)


def plan_for(task: WritingTask) -> Plan | None:
    """In one go where the text fits, else in parts; None when the model has no room for anything."""
    about = task.about(task.target)
    all_ = room_for(task.target, WrittenItem)
    whole = all_ - cost_of(ask_whole(about, "", max_tokens=answer_tokens(all_, ANSWER_TOKENS))) - SLACK
    if tokens_at_most(task.text) <= min(whole, _MOST_READ):
        return Plan((Part(0, len(task.text), 1),), 1)
    all_ = room_for(task.target, NotedPart)
    part = all_ - cost_of(ask_part(about, "", 999, 999, max_tokens=answer_tokens(all_, NOTES_TOKENS))) - SLACK
    # no more than of a whole, so that what is too long for one request has several parts
    room = min(part, whole, _MOST_READ)
    return plan_parts(task.text, task.blocks, room=room) if room >= _LEAST_ROOM else None


def sound(facts: Facts, sentences: Sequence[str]) -> tuple[str, ...]:
    """The sentences whose numbers and names the document holds."""
    return tuple(one for one in sentences if not facts.complaints(one))


def within(notes: PartNotes, tokens: int) -> PartNotes:
    """The first of the notes' sentences, and then of the names, that come to no more than so many tokens."""
    left = tokens - 4
    points, entities = [], []
    for point in notes.points:
        left -= tokens_at_most(point) + 3
        if left < 0:
            break
        points.append(point)
    for entity in notes.entities:
        left -= tokens_at_most(entity[0]) + 2
        if left < 0:
            break
        entities.append(entity)
    return PartNotes(notes.start, notes.end, tuple(points), tuple(entities))


def extracted(task: WritingTask, part: Part) -> PartNotes:
    """The part's own sentences, where a model made no notes of it."""
    blocks = [
        Block(one.kind, max(one.start, part.start), min(one.end, part.end), one.level, one.page)
        for one in task.blocks
        if one.start < part.end and one.end > part.start
    ]
    said = summarise(task.text[: part.end], blocks or (Block("paragraph", part.start, part.end),))
    return PartNotes(part.start, part.end, (said,) if said else (), ())
