"""Lets a language model write about an item: summary, key points, tags and entities, all checked against the text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing, written
from cortex.domain.document import Block
from cortex.domain.item import Item, ItemContent
from cortex.domain.written import PartNotes, WritingOutcome, Written
from cortex.exceptions import AIProviderTimeoutError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatRequest
from cortex.providers.gateway.gateway import Build, Completion, Gateway, Patience, Target
from cortex.services.connections import ConnectionService
from cortex.services.model_output import room_for, structured
from cortex.services.stored_blocks import blocks_from_json
from cortex.services.summaries import summarise
from cortex.services.tag_offers import TagOffers, tag_offers
from cortex.services.tagging import TagService
from cortex.services.token_estimates import tokens_at_most
from cortex.services.written_entities import entities_in
from cortex.services.written_facts import Facts
from cortex.services.written_parts import Part, Plan, plan_parts
from cortex.services.written_prompts import About, ask_fewer, ask_of_notes, ask_part, ask_whole, cost_of
from cortex.services.written_shape import NotedPart, WrittenItem

log = get_logger(__name__)

_ANSWER_TOKENS = 1200
_NOTES_TOKENS = 600
_MOST_READ = 12_000
"""Tokens of a document that are read in one request, however large the model's context is."""
_LEAST_ROOM = 128
_OTHERWISE = 0.4
"""Temperature of another try."""
_SLACK = 48
"""Tokens by which two requests of the same words may differ: the names of their fences are drawn by lot."""
_FIRST_FAILURES = 3
"""Parts from the beginning that a model fails at before it is not asked about the others."""

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many parts of how many are read; may raise to stop between two of them, which loses nothing."""


@dataclass(frozen=True, slots=True)
class _Job:
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


class ItemWriter:
    """Writes about items, and stores what holds."""

    def __init__(self, database: Database, gateway: Gateway, tags: TagService, connections: ConnectionService):
        self._database = database
        self._gateway = gateway
        self._tags = tags
        self._connections = connections

    async def target(self, *, local_only: bool) -> Target | None:
        """The model that would be asked now; None when none can be."""
        return await self._gateway.target(local_only=local_only)

    async def write(
        self,
        item: Item,
        *,
        local_only: bool,
        progress: Progress,
        patience: Patience = "background",
        one_request: bool = False,
        otherwise: bool = False,
    ) -> WritingOutcome | None:
        """Ask a model about the item's current text and store what it wrote; the extractive result stands otherwise.

        Gives None when there was nothing to ask: the item has no text any more, has changed meanwhile, or, with
        `one_request`, is too long for one. Each model is asked once about the same content; `otherwise` asks for
        other words than the likeliest ones, which may have been tried. Raises AIProviderUnavailableError,
        AIProviderError; and what `progress` raises.
        """
        content = await self._database.read(lambda raw: items.content(raw, item.id, item.content_version))
        if content is None or not content.text:
            return None
        local_only = local_only or item.local_only
        target = await self.target(local_only=local_only)
        if target is None:
            raise AIProviderUnavailableError
        job = await self._job(
            item,
            content,
            target,
            local_only=local_only,
            patience=patience,
            temperature=_OTHERWISE if otherwise else 0.0,
        )
        model = target.identity.name
        if await self._database.read(lambda raw: written.was_refused(raw, job.number, item.content_version, model)):
            return "refused"
        plan = await asyncio.to_thread(_plan, job)
        if plan is None:
            return await self._refuse(job)
        if one_request and plan.of > 1:
            return None
        result = await self._ask(job, plan, progress)
        if result is None:
            return await self._refuse(job)
        return await self._store(job, *result)

    async def _job(
        self,
        item: Item,
        content: ItemContent,
        target: Target,
        *,
        local_only: bool,
        patience: Patience,
        temperature: float,
    ) -> _Job:
        text, blocks = content.text or "", blocks_from_json(content.blocks)
        number = await self._database.read(lambda raw: items.number_of(raw, item.id))
        facts = await asyncio.to_thread(Facts, text, (item.title, item.author, item.site_name))
        offers = await tag_offers(self._database, item, content)
        return _Job(item, number, text, blocks, facts, offers, target, local_only, patience, temperature)

    async def _ask(
        self, job: _Job, plan: Plan, progress: Progress
    ) -> tuple[WrittenItem, Completion, Sequence[PartNotes]] | None:
        """The answer about the whole document, from the whole text or from notes on its parts."""
        if plan.of == 1:
            only = plan.parts[0]
            return _with_notes(
                await self._about_all(
                    job,
                    lambda target, room: ask_whole(
                        job.about(target), job.text[only.start : only.end], max_tokens=_answer(room, _ANSWER_TOKENS)
                    ),
                ),
                (),
            )
        notes = await self._notes(job, plan, progress)
        if notes is None:
            return None
        fewer = await self._fewer(job, notes)
        return _with_notes(
            await self._about_all(
                job,
                lambda target, room: ask_of_notes(
                    job.about(target), fewer, sampled=plan.is_sampled, max_tokens=_answer(room, _ANSWER_TOKENS)
                ),
            ),
            notes,
        )

    async def _about_all(
        self, job: _Job, make: Callable[[Target, int], ChatRequest]
    ) -> tuple[WrittenItem, Completion] | None:
        def check(answer: WrittenItem) -> list[str]:
            said = f"{answer.summary_line} {answer.summary}"
            complaints = job.facts.complaints(answer.summary_line) + job.facts.complaints(answer.summary)
            complaints += job.facts.language_complaints(said)
            if answer.key_points and not _sound(job.facts, answer.key_points):
                complaints.append("None of the key points holds to the document's own names and numbers.")
            return complaints

        return await structured(
            self._gateway,
            job.fitting(make),
            WrittenItem,
            purpose="summary",
            patience=job.patience,
            local_only=job.local_only,
            check=check,
        )

    async def _notes(self, job: _Job, plan: Plan, progress: Progress) -> list[PartNotes] | None:
        """Notes on every part; None when the model could not make any of more than half of them.

        A part that it makes none of is represented by its own most telling sentences.
        """
        version, model = job.item.content_version, job.target.identity.name
        known = {
            (one.start, one.end): one
            for one in await self._database.read(lambda raw: written.parts(raw, job.number, version, model))
        }
        notes: list[PartNotes] = []
        failed = 0
        for done, part in enumerate(plan.parts):
            await progress(done, len(plan.parts))
            noted = known.get((part.start, part.end)) or await self._note(job, part, plan.of)
            if noted is None:
                failed += 1
                if 2 * failed > len(plan.parts) or (failed == done + 1 and failed >= _FIRST_FAILURES):
                    return None
                noted = await asyncio.to_thread(_extracted, job, part)
            elif (part.start, part.end) not in known:
                await self._database.write(
                    lambda raw, one=noted: (
                        written.keep_part(raw, job.number, version, model, one)  # type: ignore[misc] # bound per turn
                        if _is_current(raw, job.item)
                        else None
                    )
                )
            notes.append(noted)
        await progress(len(plan.parts), len(plan.parts))
        return notes

    async def _note(self, job: _Job, part: Part, of: int) -> PartNotes | None:
        text = job.text[part.start : part.end]
        return await self._noted(
            job,
            lambda target, room: ask_part(
                job.about(target), text, part.number, of, max_tokens=_answer(room, _NOTES_TOKENS)
            ),
            part.start,
            part.end,
        )

    async def _fewer(self, job: _Job, notes: Sequence[PartNotes]) -> list[PartNotes]:
        """So few notes that they fit into one request: neighbours are noted together until they do."""
        room = room_for(job.target, WrittenItem)
        current = list(notes)
        while len(current) > 1:
            request = ask_of_notes(
                job.about(job.target), current, sampled=True, max_tokens=_answer(room, _ANSWER_TOKENS)
            )
            if cost_of(request) + _SLACK <= room:
                break
            current = [await self._joined(job, current[place : place + 2]) for place in range(0, len(current), 2)]
        beside = cost_of(
            ask_of_notes(job.about(job.target), (), sampled=True, max_tokens=_answer(room, _ANSWER_TOKENS))
        )
        return [_within(current[0], room - beside - _SLACK)] if len(current) == 1 else current

    async def _joined(self, job: _Job, pair: Sequence[PartNotes]) -> PartNotes:
        """Two neighbours' notes in one; where the model cannot, the first points of both."""
        if len(pair) == 1:
            return pair[0]
        room = room_for(job.target, NotedPart)
        beside = cost_of(ask_fewer(job.about(job.target), (), max_tokens=_answer(room, _NOTES_TOKENS)))
        first, second = pair = [_within(one, (room - beside - _SLACK) // 2) for one in pair]
        noted = await self._noted(
            job,
            lambda target, room: ask_fewer(job.about(target), pair, max_tokens=_answer(room, _NOTES_TOKENS)),
            first.start,
            second.end,
        )
        entities = tuple(dict.fromkeys((*first.entities, *second.entities)))
        points = noted.points if noted is not None else (*first.points[:2], *second.points[:2])
        return PartNotes(first.start, second.end, points, noted.entities if noted is not None else entities[:12])

    async def _noted(
        self, job: _Job, make: Callable[[Target, int], ChatRequest], start: int, end: int
    ) -> PartNotes | None:
        """What a model notes, but for sentences with numbers or names that the document does not hold."""
        try:
            answer = await structured(
                self._gateway,
                job.fitting(make),
                NotedPart,
                purpose="summary",
                patience=job.patience,
                local_only=job.local_only,
            )
        except AIProviderTimeoutError:
            answer = None  # the next part may be easier
        points = _sound(job.facts, answer[0].points) if answer is not None else ()
        if answer is None or not points:
            return None
        return PartNotes(start, end, points, tuple((one.name, one.kind) for one in answer[0].entities))

    async def _store(
        self, job: _Job, answer: WrittenItem, completion: Completion, notes: Sequence[PartNotes]
    ) -> WritingOutcome | None:
        named = [(one.name, one.kind) for one in answer.entities] + [one for part in notes for one in part.entities]
        result = Written(
            line=answer.summary_line,
            paragraph=answer.summary,
            key_points=_sound(job.facts, answer.key_points),
            tags=tuple(answer.tags),
            entities=await asyncio.to_thread(entities_in, job.text, named),
            by=completion.target.identity.name,
        )

        def store(connection: Connection) -> bool:
            if not _is_current(connection, job.item):
                return False
            written.store(connection, job.number, result)
            written.note_try(connection, job.number, job.item.content_version, result.by, "written")
            return True

        if not await self._database.write(store):
            return None
        await self._tags.take_proposed(job.item, result.tags)
        await self._connections.connect_item(job.item.id)
        return "written"

    async def _refuse(self, job: _Job) -> WritingOutcome:
        """Remember that this model cannot write about this content; what stands there stays, marked as it is."""
        log.info("model could not write about an item", item_id=job.item.id, model=job.target.identity.name)
        await self.remember_refusal(job.item, job.target.identity.name)
        return "refused"

    async def remember_refusal(self, item: Item, model: str) -> None:
        """Do not ask this model about this content again by itself."""

        def note(connection: Connection) -> None:
            if _is_current(connection, item):
                number = items.number_of(connection, item.id)
                written.note_try(connection, number, item.content_version, model, "refused")

        await self._database.write(note)


def _with_notes(
    answer: tuple[WrittenItem, Completion] | None, notes: Sequence[PartNotes]
) -> tuple[WrittenItem, Completion, Sequence[PartNotes]] | None:
    return (*answer, notes) if answer is not None else None


def _is_current(connection: Connection, item: Item) -> bool:
    return processing.current(connection, item.id, item.content_version) is not None


def _answer(room: int, most: int) -> int:
    """Tokens of an answer: no more than a third of what there is."""
    return min(most, room // 3)


def _plan(job: _Job) -> Plan | None:
    """In one go where the text fits, else in parts; None when the model has no room for anything."""
    about = job.about(job.target)
    all_ = room_for(job.target, WrittenItem)
    whole = all_ - cost_of(ask_whole(about, "", max_tokens=_answer(all_, _ANSWER_TOKENS))) - _SLACK
    if tokens_at_most(job.text) <= min(whole, _MOST_READ):
        return Plan((Part(0, len(job.text), 1),), 1)
    all_ = room_for(job.target, NotedPart)
    part = all_ - cost_of(ask_part(about, "", 999, 999, max_tokens=_answer(all_, _NOTES_TOKENS))) - _SLACK
    # no more than of a whole, so that what is too long for one request has several parts
    room = min(part, whole, _MOST_READ)
    return plan_parts(job.text, job.blocks, room=room) if room >= _LEAST_ROOM else None


def _sound(facts: Facts, sentences: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in sentences if not facts.complaints(one))


def _within(notes: PartNotes, tokens: int) -> PartNotes:
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


def _extracted(job: _Job, part: Part) -> PartNotes:
    """The part's own sentences, where a model made no notes of it."""
    blocks = [
        Block(one.kind, max(one.start, part.start), min(one.end, part.end), one.level, one.page)
        for one in job.blocks
        if one.start < part.end and one.end > part.start
    ]
    said = summarise(job.text[: part.end], blocks or (Block("paragraph", part.start, part.end),))
    return PartNotes(part.start, part.end, (said,) if said else (), ())
