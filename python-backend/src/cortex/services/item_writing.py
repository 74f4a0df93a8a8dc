"""Lets a language model write about an item: summary, key points, tags and entities, all checked against the text."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import items, processing, written
from cortex.domain.item import Item, ItemContent
from cortex.domain.written import PartNotes, WritingOutcome, Written
from cortex.exceptions import AIProviderTimeoutError, AIProviderUnavailableError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ChatRequest
from cortex.providers.gateway.gateway import Completion, Gateway, Patience, Target
from cortex.services.connections import ConnectionService
from cortex.services.model_output import room_for, structured
from cortex.services.stored_blocks import blocks_from_json
from cortex.services.tag_offers import tag_offers
from cortex.services.tagging import TagService
from cortex.services.writing_task import (
    ANSWER_TOKENS,
    NOTES_TOKENS,
    SLACK,
    WritingTask,
    answer_tokens,
    extracted,
    plan_for,
    sound,
    within,
)
from cortex.services.written_entities import entities_in
from cortex.services.written_facts import Facts
from cortex.services.written_parts import Part, Plan
from cortex.services.written_prompts import ask_fewer, ask_of_notes, ask_part, ask_whole, cost_of
from cortex.services.written_shape import NotedPart, WrittenItem

log = get_logger(__name__)

_OTHERWISE = 0.4
"""Temperature of another try."""
_FIRST_FAILURES = 3
"""Parts from the beginning that a model fails at before it is not asked about the others."""

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many parts of how many are read; may raise to stop between two of them, which loses nothing."""


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
        task = await self._task(
            item,
            content,
            target,
            local_only=local_only,
            patience=patience,
            temperature=_OTHERWISE if otherwise else 0.0,
        )
        model = target.identity.name
        if await self._database.read(lambda raw: written.was_refused(raw, task.number, item.content_version, model)):
            return "refused"
        plan = await asyncio.to_thread(plan_for, task)
        if plan is None:
            return await self._refuse(task)
        if one_request and plan.of > 1:
            return None
        result = await self._ask(task, plan, progress)
        if result is None:
            return await self._refuse(task)
        return await self._store(task, *result)

    async def _task(
        self,
        item: Item,
        content: ItemContent,
        target: Target,
        *,
        local_only: bool,
        patience: Patience,
        temperature: float,
    ) -> WritingTask:
        text, blocks = content.text or "", blocks_from_json(content.blocks)
        number = await self._database.read(lambda raw: items.number_of(raw, item.id))
        facts = await asyncio.to_thread(Facts, text, (item.title, item.author, item.site_name))
        offers = await tag_offers(self._database, item, content)
        return WritingTask(item, number, text, blocks, facts, offers, target, local_only, patience, temperature)

    async def _ask(
        self, task: WritingTask, plan: Plan, progress: Progress
    ) -> tuple[WrittenItem, Completion, Sequence[PartNotes]] | None:
        """The answer about the whole document, from the whole text or from notes on its parts."""
        if plan.of == 1:
            text = task.text[plan.parts[0].start : plan.parts[0].end]
            return _with_notes(
                await self._about_all(
                    task,
                    lambda target, room: ask_whole(
                        task.about(target), text, max_tokens=answer_tokens(room, ANSWER_TOKENS)
                    ),
                ),
                (),
            )
        notes = await self._notes(task, plan, progress)
        if notes is None:
            return None
        fewer = await self._fewer(task, notes)
        return _with_notes(
            await self._about_all(
                task,
                lambda target, room: ask_of_notes(
                    task.about(target), fewer, sampled=plan.is_sampled, max_tokens=answer_tokens(room, ANSWER_TOKENS)
                ),
            ),
            notes,
        )

    async def _about_all(
        self, task: WritingTask, make: Callable[[Target, int], ChatRequest]
    ) -> tuple[WrittenItem, Completion] | None:
        def check(answer: WrittenItem) -> list[str]:
            said = f"{answer.summary_line} {answer.summary}"
            complaints = task.facts.complaints(answer.summary_line) + task.facts.complaints(answer.summary)
            complaints += task.facts.language_complaints(said)
            if answer.key_points and not sound(task.facts, answer.key_points):
                complaints.append("None of the key points holds to the document's own names and numbers.")
            return complaints

        return await structured(
            self._gateway,
            task.fitting(make),
            WrittenItem,
            purpose="summary",
            patience=task.patience,
            local_only=task.local_only,
            check=check,
        )

    async def _notes(self, task: WritingTask, plan: Plan, progress: Progress) -> list[PartNotes] | None:
        """Notes on every part; None when the model could not make any of more than half of them.

        A part that it makes none of is represented by its own most telling sentences.
        """
        version, model = task.item.content_version, task.target.identity.name
        known = {
            (one.start, one.end): one
            for one in await self._database.read(lambda raw: written.parts(raw, task.number, version, model))
        }
        notes: list[PartNotes] = []
        failed = 0
        for done, part in enumerate(plan.parts):
            await progress(done, len(plan.parts))
            noted = known.get((part.start, part.end)) or await self._note(task, part, plan.of)
            if noted is None:
                failed += 1
                if 2 * failed > len(plan.parts) or (failed == done + 1 and failed >= _FIRST_FAILURES):
                    return None
                noted = await asyncio.to_thread(extracted, task, part)
            elif (part.start, part.end) not in known:
                await self._database.write(
                    lambda raw, one=noted: (
                        written.keep_part(raw, task.number, version, model, one)  # type: ignore[misc] # bound per turn
                        if _is_current(raw, task.item)
                        else None
                    )
                )
            notes.append(noted)
        await progress(len(plan.parts), len(plan.parts))
        return notes

    async def _note(self, task: WritingTask, part: Part, of: int) -> PartNotes | None:
        text = task.text[part.start : part.end]
        return await self._noted(
            task,
            lambda target, room: ask_part(
                task.about(target), text, part.number, of, max_tokens=answer_tokens(room, NOTES_TOKENS)
            ),
            part.start,
            part.end,
        )

    async def _fewer(self, task: WritingTask, notes: Sequence[PartNotes]) -> list[PartNotes]:
        """So few notes that they fit into one request: neighbours are noted together until they do."""
        room = room_for(task.target, WrittenItem)
        current = list(notes)
        while len(current) > 1:
            request = ask_of_notes(
                task.about(task.target), current, sampled=True, max_tokens=answer_tokens(room, ANSWER_TOKENS)
            )
            if cost_of(request) + SLACK <= room:
                break
            current = [await self._joined(task, current[place : place + 2]) for place in range(0, len(current), 2)]
        beside = cost_of(
            ask_of_notes(task.about(task.target), (), sampled=True, max_tokens=answer_tokens(room, ANSWER_TOKENS))
        )
        return [within(current[0], room - beside - SLACK)] if len(current) == 1 else current

    async def _joined(self, task: WritingTask, pair: Sequence[PartNotes]) -> PartNotes:
        """Two neighbours' notes in one; where the model cannot, the first points of both."""
        if len(pair) == 1:
            return pair[0]
        room = room_for(task.target, NotedPart)
        beside = cost_of(ask_fewer(task.about(task.target), (), max_tokens=answer_tokens(room, NOTES_TOKENS)))
        first, second = pair = [within(one, (room - beside - SLACK) // 2) for one in pair]
        noted = await self._noted(
            task,
            lambda target, room: ask_fewer(task.about(target), pair, max_tokens=answer_tokens(room, NOTES_TOKENS)),
            first.start,
            second.end,
        )
        entities = tuple(dict.fromkeys((*first.entities, *second.entities)))
        points = noted.points if noted is not None else (*first.points[:2], *second.points[:2])
        return PartNotes(first.start, second.end, points, noted.entities if noted is not None else entities[:12])

    async def _noted(
        self, task: WritingTask, make: Callable[[Target, int], ChatRequest], start: int, end: int
    ) -> PartNotes | None:
        """What a model notes, but for sentences with numbers or names that the document does not hold."""
        try:
            answer = await structured(
                self._gateway,
                task.fitting(make),
                NotedPart,
                purpose="summary",
                patience=task.patience,
                local_only=task.local_only,
            )
        except AIProviderTimeoutError:
            answer = None  # the next part may be easier
        points = sound(task.facts, answer[0].points) if answer is not None else ()
        if answer is None or not points:
            return None
        return PartNotes(start, end, points, tuple((one.name, one.kind) for one in answer[0].entities))

    async def _store(
        self, task: WritingTask, answer: WrittenItem, completion: Completion, notes: Sequence[PartNotes]
    ) -> WritingOutcome | None:
        named = [(one.name, one.kind) for one in answer.entities] + [one for part in notes for one in part.entities]
        result = Written(
            line=answer.summary_line,
            paragraph=answer.summary,
            key_points=sound(task.facts, answer.key_points),
            tags=tuple(answer.tags),
            entities=await asyncio.to_thread(entities_in, task.text, named),
            by=completion.target.identity.name,
        )

        def store(connection: Connection) -> bool:
            if not _is_current(connection, task.item):
                return False
            written.store(connection, task.number, result)
            written.note_try(connection, task.number, task.item.content_version, result.by, "written")
            return True

        # The tags first: after a kill between the two, all of it is done again.
        await self._tags.take_proposed(task.item, result.tags)
        if not await self._database.write(store):
            return None
        await self._connections.connect_item(task.item.id)
        return "written"

    async def _refuse(self, task: WritingTask) -> WritingOutcome:
        """Remember that this model cannot write about this content; what stands there stays, marked as it is."""
        log.info("model could not write about an item", item_id=task.item.id, model=task.target.identity.name)
        await self.remember_refusal(task.item, task.target.identity.name)
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
