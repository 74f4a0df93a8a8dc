"""What a language model is told when it writes something from chosen items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.providers.gateway.gateway import Target
from cortex.services.drafting_materials import Material
from cortex.services.fencing import RULE, Fence
from cortex.services.token_estimates import beginning_within, tokens_at_most

DraftTask = Literal["draft", "rewrite", "outline", "translate", "summarise"]
BY_PARTS: frozenset[DraftTask] = frozenset({"rewrite", "translate"})
"""Done to one part after the other; the others are written once, from everything."""
ANSWER_TOKENS = 2048
NOTE_TOKENS = 400
FEWEST_TOKENS = 200
"""A window with less room than this for what is to be read is too small."""
_FRAME = 96
"""Of a fence with its attributes, and of what stands around it."""
_TASKS: dict[DraftTask, str] = {
    "draft": "Write the text that the owner wishes for, in Markdown, from the sources below.",
    "outline": "Write an outline in Markdown, a nested list of short points, of the sources below.",
    "summarise": "Summarise the sources below: the most important first, in a few short paragraphs.",
    "rewrite": "Rewrite the source below as the owner wishes. Keep what it says, its order and its Markdown.",
    "translate": "Translate the source below. Keep what it says, its order and its Markdown. Translate all of it.",
}
_CITE = (
    "State only what the sources say, and put the number of the source behind each statement, like [2]. "
    "Say so where they do not hold what is wished for."
)
_NOTES = (
    "Note what in the part of a source below serves the owner's wish: facts, names, numbers, in short lines and in "
    "its own language. If nothing does, write only: nothing."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the owner wants written."""

    task: DraftTask
    item_ids: tuple[str, ...] = ()
    text: str | None = None
    instructions: str | None = None
    language: str | None = None
    """In which to write; None: that of the sources."""

    def words(self) -> str:
        """The owner's own words, for the model."""
        parts = [self.instructions.strip()] if self.instructions and self.instructions.strip() else []
        if self.language:
            parts.append(f"Write in this language: {' '.join(self.language.split())}.")
        return "The owner's wish: " + " ".join(parts) if parts else "The owner said no more than that."


@dataclass(frozen=True, slots=True)
class Reading:
    """Text of one source, or of a part of it, or notes on it."""

    material: Material
    text: str
    is_whole: bool = True


def room_for_reading(wish: Wish, target: Target, *, answer: int) -> int:
    """Tokens that are left for what is read."""
    fixed = tokens_at_most(_system(wish)) + tokens_at_most(wish.words()) + _FRAME
    return target.capabilities.context_tokens - answer - fixed


def tokens_of(reading: Reading) -> int:
    """What a source takes, its fence included."""
    return tokens_at_most(reading.text) + tokens_at_most(reading.material.title[:300]) + _FRAME


def answer_tokens(target: Target) -> int:
    """How long what is written from everything may be."""
    return min(ANSWER_TOKENS, target.capabilities.context_tokens // 3)


def note_tokens(target: Target) -> int:
    """How long the notes on one part may be."""
    return min(NOTE_TOKENS, target.capabilities.context_tokens // 8)


def fitted(readings: Sequence[Reading], room: int) -> list[Reading]:
    """The readings within so many tokens, each cut to its share where they are too long together."""
    left, found = room, list[Reading]()
    for place, reading in enumerate(sorted(readings, key=tokens_of)):
        shown = _cut(reading, left // (len(readings) - place))
        if shown.text.strip():
            found.append(shown)
            left -= tokens_of(shown)
    return sorted(found, key=lambda one: one.material.n)


def _cut(reading: Reading, tokens: int) -> Reading:
    if tokens_of(reading) <= tokens:
        return reading
    frame = tokens_of(reading) - tokens_at_most(reading.text)
    return Reading(reading.material, beginning_within(reading.text, tokens - frame), is_whole=False)


def writing_request(wish: Wish, readings: Sequence[Reading], *, most: int) -> ChatRequest:
    """Asks for the text itself."""
    return _request(_system(wish), wish, readings, most)


def notes_request(wish: Wish, part: Reading, *, most: int) -> ChatRequest:
    """Asks for notes on a part of something long."""
    return _request(f"{_NOTES}\nThe task: {_TASKS[wish.task]}\n{RULE}", wish, [part], most)


def _system(wish: Wish) -> str:
    rules = [_TASKS[wish.task], RULE]
    if wish.task not in BY_PARTS:
        rules.append(_CITE)
    rules.append("Write nothing but the result: no preamble, no remarks, no list of sources.")
    return "\n".join(rules)


def _request(system: str, wish: Wish, readings: Sequence[Reading], most: int) -> ChatRequest:
    fence = Fence()
    fenced = [fence.around(one.text, n=one.material.n, title=one.material.title) for one in readings]
    asked = "\n\n".join([*fenced, wish.words()])
    return ChatRequest((ChatMessage("system", system), ChatMessage("user", asked)), max_tokens=most)
