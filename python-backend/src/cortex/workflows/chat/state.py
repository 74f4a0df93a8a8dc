"""What travels along the chat graph: plain values, for an answer that waits for the owner outlives the process.

Texts are not in it: passages are noted by id and read again, so that a checkpoint stays small and tells nothing that
the library has forgotten since.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from cortex.domain.conversation import AnswerScope, Citation, Claim, Usage
from cortex.domain.search import Filters, Passage
from cortex.providers.chat_model import Tool
from cortex.services.answers import Answerer

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

MOST_ROUNDS = 6
"""How often a model may use tools before it has to answer."""


class RetrievePassages(Protocol):
    """How passages are found (`PassageRetriever.retrieve_passages`)."""

    async def __call__(self, query: str, scope: Filters, *, limit: int, stays_here: bool = False) -> Sequence[Passage]:
        """Best first. With `stays_here` the query was made from what must not leave the machine."""
        ...


class ChatState(TypedDict, total=False):
    """What a question brings, then what the steps find out."""

    conversation_id: str
    message_id: str
    """Of the answer."""
    position: int
    """Of the question; what lies before it is history."""
    question: str
    earlier: list[str]
    """The questions before it, oldest first."""
    scope: dict[str, Any]
    model: str | None
    standalone: str
    stays_here: bool
    """Whether `standalone` may tell of what must not leave the machine."""
    passages: list[dict[str, Any]]
    """As `answer_passages.noted` gives them, each under its number `n`. Tools that find more append with the next."""
    found: bool
    exchange: list[dict[str, Any]]
    """What the model and its tools have said in this answer, in order: `{"role": "assistant", "content", "tool_calls":
    [{"id", "name", "arguments"}], "item_ids", "local"}` (`local`: whether the model runs on this machine) and, for
    each call, `{"role": "tool", "tool_call_id", "name", "content", "item_ids"}`. `item_ids` name every item whose text
    is in it or may have led to it: what is not to leave the machine keeps the whole exchange on it. Saved text in a
    tool's content is fenced by whoever puts it there."""
    rounds: int
    """How often tools were used."""
    may_write: bool
    """Whether whoever asked may write, so that tools that the owner always allows here need no further word."""
    content: str
    """The answer's text so far."""
    is_quoted: bool
    """Whether no model wrote it."""
    citations: list[dict[str, Any]]
    """While it is written, what was offered; once verified, what is cited."""
    claims: list[dict[str, Any]]
    grounds: list[str]
    usage: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChatContext:
    """What the steps of one answer work with beside its state; given again when the answer is taken up again."""

    answerer: Answerer


Step = Callable[[ChatState, "Runtime[ChatContext]"], Awaitable[ChatState]]


@dataclass(frozen=True, slots=True)
class ChatTools:
    """What a model may do besides answering."""

    offered: Callable[[ChatState], Awaitable[Sequence[Tool]]]
    """The tools for an answer as it stands."""
    act: Step
    """Does what the last message of `exchange` asks for, and appends one tool message for each of its calls. It may
    `interrupt()` to wait for the owner; it runs again from its top then."""


def asks_for_tools(state: ChatState) -> bool:
    """Whether the model waits for its tools."""
    exchange = state.get("exchange") or []
    return bool(exchange) and exchange[-1]["role"] == "assistant" and bool(exchange[-1].get("tool_calls"))


def scope_of(state: ChatState) -> AnswerScope:
    """The part of the library that may answer."""
    stored = state.get("scope") or {}
    return AnswerScope(tuple(stored.get("item_ids", ())), tuple(stored.get("tags", ())), stored.get("collection_id"))


def citations_of(stored: Sequence[dict[str, Any]]) -> tuple[Citation, ...]:
    """Citations out of a state."""
    return tuple(Citation(**one) for one in stored)


def claims_of(stored: Sequence[dict[str, Any]]) -> tuple[Claim, ...]:
    """Claims out of a state."""
    return tuple(Claim(**(one | {"citations": tuple(one["citations"])})) for one in stored)


def usage_of(state: ChatState) -> Usage:
    """What the answer has cost so far."""
    return Usage(**(state.get("usage") or {}))


def plain(records: Sequence[Any]) -> list[dict[str, Any]]:
    """Records into a state: dictionaries and lists, which a checkpoint gives back as they were."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(record).items()}
        for record in records
    ]
