"""Writing something from chosen items: drafts, outlines and summaries from all of them, translations part by part."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal

from cortex.domain.conversation import Usage
from cortex.exceptions import AIProviderError, AIProviderUnavailableError, ValidationError
from cortex.providers.chat_model import ChatIdentity, ChatRequest, Finished, TextDelta, TokenUsage
from cortex.providers.gateway.gateway import Gateway, Target
from cortex.services.drafting_materials import Material, MaterialReader
from cortex.services.drafting_outline import outline
from cortex.services.drafting_prompts import (
    BY_PARTS,
    FEWEST_TOKENS,
    Reading,
    Wish,
    answer_tokens,
    fitted,
    note_tokens,
    notes_request,
    room_for_reading,
    tokens_of,
    writing_request,
)
from cortex.services.written_parts import plan_parts

MOST_PARTS = 24
"""That notes are made of, all items together; of longer items as many are read, evenly spread."""
MOST_PARTS_DONE = 60
"""That one request translates or rewrites; longer ones are refused."""
ReadHow = Literal["whole", "partly", "left_out"]
_CITED = re.compile(r"\[(\d{1,3})\]")
_NO_MODEL = (
    "No language model is available, so nothing was written. Your items are as they were. Start Ollama, or set up a "
    "model in the settings; an outline can be made without one."
)
_STAYS = "What was chosen stays on this machine, and no model on it can answer now. Nothing was sent anywhere."


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes; comes first."""

    provider: str
    model: str
    is_local: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Which part is read or written now, of how many."""

    part: int
    of: int


@dataclass(frozen=True, slots=True)
class Words:
    """The next piece of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class DraftSource:
    """What the text was written from; `cited`: whether `[n]` stands in it."""

    n: int
    item_id: str | None
    title: str
    url: str | None
    read: ReadHow
    cited: bool
    reason: str | None = None
    """Why it was left out: `local_only` (its text may not leave the machine), `no_text`."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The end. `is_complete`: False when the text was cut off at its greatest length."""

    sources: tuple[DraftSource, ...]
    usage: Usage
    is_complete: bool


DraftPart = Writer | Progress | Words | Drafted


@dataclass
class _Draft:
    """One text on its way."""

    wish: Wish
    materials: tuple[Material, ...]
    text: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    is_complete: bool = True
    writer: ChatIdentity | None = None
    read: dict[int, ReadHow] = field(default_factory=dict)
    """By the number of a source; what is not in it was left out."""
    offered: dict[ChatIdentity, dict[int, ReadHow]] = field(default_factory=dict)
    """The same for each model that might be asked."""

    def spent(self, usage: TokenUsage) -> None:
        self.usage = self.usage.plus(usage.prompt_tokens, usage.completion_tokens, usage.cost_usd)

    def allowed(self, target: Target) -> list[Material]:
        """What a model may read."""
        return [one for one in self.materials if one.text.strip() and (target.identity.is_local or not one.local_only)]

    def sources(self) -> tuple[DraftSource, ...]:
        cited = {int(number) for number in _CITED.findall("".join(self.text))}
        return tuple(
            DraftSource(
                one.n,
                one.item_id,
                one.title,
                one.url,
                self.read.get(one.n, "left_out"),
                one.n in cited,
                None if one.n in self.read else "no_text" if not one.text.strip() else "local_only",
            )
            for one in self.materials
        )


class DraftingService:
    """Asks the gateway's models; an outline needs none."""

    def __init__(self, gateway: Gateway, materials: MaterialReader):
        self._gateway = gateway
        self._materials = materials

    async def write(self, wish: Wish) -> AsyncGenerator[DraftPart, None]:
        """Who writes, then the text as it comes, `Drafted` last. Closing it stops the model.

        Raises ItemNotFoundError, ValidationError (nothing to read; too long), AIProviderUnavailableError,
        AIProviderError.
        """
        draft = _Draft(wish, await self._materials.read(wish.item_ids, wish.text))
        stays = all(one.local_only for one in draft.materials if one.text.strip())
        target = await self._gateway.target(local_only=stays)
        if target is None:
            if wish.task != "outline":
                raise AIProviderUnavailableError(_STAYS if stays and await self._gateway.target() else _NO_MODEL)
            for part in _extractive(draft):
                yield part
            return
        making = self._part_by_part(draft, target) if wish.task in BY_PARTS else self._from_all(draft, target)
        try:
            async with aclosing(making) as parts:
                async for made in parts:
                    yield made
        except (AIProviderUnavailableError, AIProviderError):
            if wish.task != "outline" or draft.text:
                raise
            for part in _extractive(draft):
                yield part
            return
        yield Drafted(draft.sources(), draft.usage, draft.is_complete)

    async def _from_all(self, draft: _Draft, target: Target) -> AsyncGenerator[DraftPart, None]:
        """Everything in one prompt where it fits, else notes on each part of what is long first."""
        most = answer_tokens(target)
        room = _required(room_for_reading(draft.wish, target, answer=most))
        readings = [Reading(one, one.text) for one in draft.allowed(target)]
        if sum(tokens_of(one) for one in readings) > room:
            noted: list[Reading] = []
            async with aclosing(self._noted(draft, target, readings, room)) as steps:
                async for step in steps:
                    if isinstance(step, Progress):
                        yield step
                    else:
                        noted.append(step)
            readings = noted or readings

        def build(asked: Target) -> ChatRequest | None:
            allowed = [one for one in readings if asked.identity.is_local or not one.material.local_only]
            longest = min(most, answer_tokens(asked))
            left = room_for_reading(draft.wish, asked, answer=longest)
            if not allowed or left < FEWEST_TOKENS:
                return None
            shown = fitted(allowed, left)
            draft.offered[asked.identity] = {one.material.n: "whole" if one.is_whole else "partly" for one in shown}
            return writing_request(draft.wish, shown, most=longest)

        async with aclosing(self._stream(draft, build)) as parts:
            async for part in parts:
                yield part

    async def _noted(
        self, draft: _Draft, target: Target, readings: Sequence[Reading], room: int
    ) -> AsyncGenerator[Progress | Reading, None]:
        """Short sources as they are, of the long ones the notes on their parts."""
        most = note_tokens(target)
        share = room // len(readings)
        part_room = _required(room_for_reading(draft.wish, target, answer=most))
        long = [one for one in readings if tokens_of(one) > share]
        plans = {
            one.material.n: plan_parts(
                one.text, one.material.blocks, room=part_room, most=max(1, MOST_PARTS // len(long))
            )
            for one in long
        }
        of, done = sum(len(plan.parts) for plan in plans.values()), 0
        for reading in readings:
            plan = plans.get(reading.material.n)
            if plan is None:
                yield reading
                continue
            notes: list[str] = []
            for part in plan.parts:
                done += 1
                yield Progress(done, of)
                piece = Reading(reading.material, reading.text[part.start : part.end])
                completion = await self._gateway.complete(
                    _only_for(piece.material, lambda _, piece=piece: notes_request(draft.wish, piece, most=most)),  # type: ignore[misc] # the default binds the loop's value
                    purpose="generate",
                    patience="interactive",
                )
                draft.spent(completion.usage)
                notes.append(completion.text.strip())
            yield Reading(reading.material, "\n".join(notes), is_whole=not plan.is_sampled)

    async def _part_by_part(self, draft: _Draft, target: Target) -> AsyncGenerator[DraftPart, None]:
        """Each part of each source by itself, one after the other; nothing may be left out between them."""
        room = _required(room_for_reading(draft.wish, target, answer=0)) * 2 // 5
        pieces: list[Reading] = []
        for material in draft.allowed(target):
            plan = plan_parts(material.text, material.blocks, room=_required(room), most=MOST_PARTS_DONE + 1)
            pieces += [Reading(material, material.text[part.start : part.end]) for part in plan.parts]
        if len(pieces) > MOST_PARTS_DONE:
            message = f"This is too long to be done in one go: {len(pieces)} parts or more. Choose less of it."
            raise ValidationError(message, details=[{"loc": ["body", "item_ids"], "msg": message, "type": "too_long"}])
        before: Material | None = None
        for number, piece in enumerate(pieces, 1):
            if len(pieces) > 1:
                yield Progress(number, len(pieces))
            between = "" if before is None else "\n\n" if before is piece.material else "\n\n---\n\n"
            before = piece.material
            draft.read[piece.material.n] = "whole"

            def build(asked: Target, piece: Reading = piece) -> ChatRequest | None:
                left = room_for_reading(draft.wish, asked, answer=0) - tokens_of(piece)
                return writing_request(draft.wish, [piece], most=left) if left >= tokens_of(piece) else None

            async with aclosing(self._stream(draft, _only_for(piece.material, build), between=between)) as parts:
                async for part in parts:
                    yield part

    async def _stream(
        self, draft: _Draft, build: Callable[[Target], ChatRequest | None], *, between: str = ""
    ) -> AsyncGenerator[DraftPart, None]:
        async with aclosing(self._gateway.stream(build, purpose="generate")) as parts:
            async for part in parts:
                match part:
                    case Target(identity=identity):
                        draft.read |= draft.offered.get(identity, {})
                        if identity != draft.writer:
                            draft.writer = identity
                            yield Writer(identity.provider, identity.model, identity.is_local)
                    case TextDelta(text=text):
                        draft.text.append(between + text)
                        yield Words(between + text)
                        between = ""
                    case Finished(reason=reason, usage=usage):
                        draft.spent(usage)
                        draft.is_complete = draft.is_complete and reason != "length"
                    case _:
                        pass


def _only_for(
    material: Material, build: Callable[[Target], ChatRequest | None]
) -> Callable[[Target], ChatRequest | None]:
    """A request that goes to no model that must not read the source."""
    return lambda asked: build(asked) if asked.identity.is_local or not material.local_only else None


def _required(room: int) -> int:
    if room < FEWEST_TOKENS:
        raise ValidationError("The wish is too long for the model's window. Say it in fewer words.")
    return room


def _extractive(draft: _Draft) -> list[DraftPart]:
    readable = [one for one in draft.materials if one.text.strip()]
    draft.read = {one.n: "whole" for one in readable}
    draft.text = [outline(readable)]
    return [
        Writer("embedded", "extractive", is_local=True),
        Words(draft.text[0]),
        Drafted(draft.sources(), Usage(), is_complete=True),
    ]
