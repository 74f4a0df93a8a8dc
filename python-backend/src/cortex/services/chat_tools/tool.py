"""What a tool of the chat is, and what it is told of the answer that it works for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from cortex.domain.conversation import AnswerScope
from cortex.domain.search import Passage
from cortex.domain.tool_call import ToolResult
from cortex.exceptions import CortexError
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.fencing import Fence


class Arguments(BaseModel):
    """What a model gives a tool. Unknown names are errors: a model that invents one is told."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """The answer that a call belongs to."""

    scope: AnswerScope
    """The part of the library that tools may touch."""
    is_local: bool
    """Whether the model runs on this machine; to another one nothing of `local_only` items is told."""
    room: int = 6000
    """How many characters a result may have, about."""
    next_number: int = 1
    """Of the next passage that is shown to the model."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Passages that the model has seen, by chunk id."""
    own_tasks: frozenset[str] = frozenset()
    """Tasks that this conversation made."""
    stays_here: bool = False
    """Whether the model was shown what must not leave this machine, so that what it writes must not either."""
    fence: Fence = field(default_factory=Fence)


@dataclass(frozen=True, slots=True)
class Found:
    """What a reading tool gave: the result, and the passages in it, numbered from the context's `next_number` on."""

    result: ToolResult
    passages: tuple[Passage, ...] = ()


class ToolRefusedError(CortexError):
    """The tool cannot be used like this."""

    code = "tool_refused"


class ChatTool(ABC, Generic[A]):
    """One tool. Its docstring is what the model reads of it."""

    name: ClassVar[str]
    arguments: type[A]

    @abstractmethod
    async def describe(self, arguments: A, context: ToolContext) -> str:
        """A sentence for the owner on what it would do: it looks the names up, and checks what can be checked now.

        Raises ToolRefusedError, with words for the model, when the call makes no sense in this conversation.
        """


_QUOTES = dict.fromkeys(map(ord, '“”„‟«»"'), "'")


def named(name: str, most: int = 120) -> str:
    """A saved or made-up name in a sentence for the owner: one line that neither ends its quotation marks nor is so
    long that it hides the rest."""
    return f"“{shorten(collapse(name.translate(_QUOTES)), most)}”"


def schema_of(arguments: type[Arguments]) -> dict[str, object]:
    """The JSON schema of a tool's arguments as servers take it: flat, with few words, optional fields left out of
    `required` instead of being nullable."""
    whole = arguments.model_json_schema()
    properties = {name: _plain(field) for name, field in whole["properties"].items()}
    return {"type": "object", "properties": properties, "required": whole.get("required", [])}


_DROPPED = frozenset(
    {"title", "default", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"}
)
"""Checked here; servers make enormous grammars of them or refuse them, and every word of a schema is read by a model
before its first: on a slow machine thirty a second."""


def _plain(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    if "anyOf" in part:
        (given,) = (one for one in part["anyOf"] if one.get("type") != "null")
        part = {**given, **{name: value for name, value in part.items() if name != "anyOf"}}
    return {name: _plain(value) for name, value in part.items() if name not in _DROPPED}
