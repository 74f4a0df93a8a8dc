"""What is to be written, and what was."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from cortex.api.schemas.base import Schema
from cortex.api.schemas.conversations import Content, Id, UsageShown
from cortex.api.schemas.tool_calls import ToolCallShown
from cortex.api.schemas.words import Line
from cortex.services.drafting import ReadHow
from cortex.services.drafting_prompts import DraftTask, Wish
from cortex.services.generation import GenerationRequest

_Items = Annotated[list[Id], Field(max_length=50)]
_Text = Annotated[str, Field(max_length=200_000)]


class GenerateBody(Schema):
    """What to write from which items, or from which text; `instructions` are the owner's own words.

    `language` is the one to write in, by name or code; without it that of the sources.
    """

    task: DraftTask
    item_ids: _Items = []
    text: _Text | None = None
    instructions: Annotated[str, Field(max_length=4000)] | None = None
    language: Annotated[Line, Field(min_length=2, max_length=60)] | None = None

    @model_validator(mode="after")
    def _something_to_do(self) -> GenerateBody:
        if not self.item_ids and not (self.text or "").strip():
            raise ValueError("give item_ids, text, or both")
        if self.task == "translate" and self.language is None:
            raise ValueError("say into which language")
        return self

    def wish(self) -> Wish:
        """As the service takes it."""
        return Wish(self.task, tuple(self.item_ids), self.text, self.instructions, self.language)


class DraftSourceShown(Schema):
    """What was read under which number. `item_id` is null for the text of the request; `cited`: `[n]` stands in the
    text. `reason` of what was left out: `local_only` (it may not leave this machine) or `no_text`."""

    model_config = ConfigDict(from_attributes=True)

    n: int
    item_id: str | None
    title: str
    url: str | None
    read: ReadHow
    cited: bool
    reason: str | None


class GeneratedShown(Schema):
    """The text and what it was written from. `complete` is false when it was cut off at its greatest length; `model`
    is `extractive` for an outline made from the items' headings."""

    content: str
    sources: list[DraftSourceShown]
    provider: str
    model: str
    usage: UsageShown
    complete: bool


class GenerateStreamBody(Schema):
    """A message for the model. `context` is a text that it is shown, or the ids of items that it reads. With a
    `conversation_id` it knows what was said there, and the exchange is stored there."""

    message: Content
    conversation_id: Id | None = None
    context: _Text | _Items | None = None

    def context_given(self) -> str | tuple[str, ...] | None:
        """As the service takes it."""
        return tuple(self.context) if isinstance(self.context, list) else self.context

    def request(self) -> GenerationRequest:
        """As the service takes it, without a conversation."""
        return GenerationRequest(self.message, self.context_given())


class StreamEnd(Schema):
    """The last event. Nothing that writes was done: such calls are reported, their state is `expired`.

    `left_out`: items of the context that the model was not shown, because they stay on this machine.
    """

    done: bool = True
    tool_calls: list[ToolCallShown]
    usage: UsageShown
    provider: str
    model: str
    left_out: list[str]
    message_id: str | None = None
