"""What a model is asked about a document. Saved text, titles and tags stand in fences; no tools are ever offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.domain.written import PartNotes
from cortex.providers.chat_model import ChatMessage, ChatRequest
from cortex.services.fencing import RULE, Fence
from cortex.services.token_estimates import tokens_at_most

_TASK = (
    "You describe a saved document for its owner, who wants to see what it says and find it again. Use only what the "
    "document says. Write every number and every name exactly as the document does, and none that it does not hold. "
    "Plain sentences: no links, no markup, nothing about yourself or the task."
)
_FIELDS = (
    "Give these fields. summary_line: what it is about, in one line. summary: one paragraph of two to five sentences. "
    "key_points: three to five sentences, each with one thing worth remembering. tags: up to five, first of all from "
    "the owner's tags, spelled as they are; a new one, of one to three words in lower case, only where none of them "
    "fits. entities: the people, organisations, places, works and topics that the document names, spelled as there."
)
_PART_FIELDS = (
    "This is one part of a long document. Give these fields. points: two to six sentences with what this part says, in "
    "its order. entities: the people, organisations, places, works and topics that it names, spelled as there."
)
_NOTES_FIELDS = (
    "These are notes on parts of a long document, in its order. Make fewer of them. points: two to six sentences with "
    "what matters most. entities: the most important ones of the people, organisations, places, works and topics."
)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the document, and the tags that the owner has."""

    title: str
    language: str | None
    tags: tuple[str, ...] = ()


def ask_whole(about: About, text: str, *, max_tokens: int) -> ChatRequest:
    """Everything about a document that is read in one go."""
    fence = Fence()
    return _request(
        about, _FIELDS, f"The document:\n{fence.around(text, title=about.title)}\n{_tags(about, fence)}", max_tokens
    )


def ask_part(about: About, text: str, number: int, of: int, *, max_tokens: int) -> ChatRequest:
    """Notes on a part."""
    return _request(
        about,
        _PART_FIELDS,
        f"Part {number} of {of}:\n{Fence().around(text, title=about.title, n=number)}",
        max_tokens,
    )


def ask_fewer(about: About, notes: Sequence[PartNotes], *, max_tokens: int) -> ChatRequest:
    """Fewer notes, where there are too many for one request."""
    return _request(about, _NOTES_FIELDS, f"The notes:\n{_noted(about, notes, Fence())}", max_tokens)


def ask_of_notes(about: About, notes: Sequence[PartNotes], *, sampled: bool, max_tokens: int) -> ChatRequest:
    """Everything about a document of which there are notes."""
    fence = Fence()
    told = "Notes on parts of the document that are spread over it" if sampled else "Notes on all parts of the document"
    return _request(
        about, _FIELDS, f"{told}, in its order:\n{_noted(about, notes, fence)}\n{_tags(about, fence)}", max_tokens
    )


def cost_of(request: ChatRequest) -> int:
    """Tokens of a request and its answer, at most."""
    return sum(tokens_at_most(message.content) + 8 for message in request.messages) + (request.max_tokens or 0)


def _request(about: About, fields: str, asked: str, max_tokens: int) -> ChatRequest:
    language = f" (ISO 639-1: {about.language})" if about.language else ""
    system = f"{_TASK} {fields} Write in the language of the document{language}.\n\n{RULE}"
    return ChatRequest((ChatMessage("system", system), ChatMessage("user", asked.strip())), max_tokens=max_tokens)


def _tags(about: About, fence: Fence) -> str:
    if not about.tags:
        return "The owner has no tags that may fit."
    return f"The owner's tags:\n{fence.around(', '.join(about.tags), about='tags')}"


def _noted(about: About, notes: Sequence[PartNotes], fence: Fence) -> str:
    lines = "\n".join(f"- {point}" for one in notes for point in one.points)
    names = ", ".join(dict.fromkeys(name for one in notes for name, _ in one.entities))
    return fence.around(f"{lines}\nNames: {names}" if names else lines, title=about.title)
