"""Connections in plain words: a sentence for the whole, a few words for each reason, quotes of what is alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from cortex.domain.connection import Edge, Reason, ShownReason
from cortex.domain.index_text import folded
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.retrieval.words import STOP_WORDS, is_unspaced, stem, words_of
from cortex.services.sentences import sentence_spans

QUOTED = 140
"""Code points of a quote in a sentence."""
_TITLE = 80
_CODE = 0.2
_FEW_WORDS = 4
_PLAIN = 0.85
_WEAK = 0.05
"""What adds less than this is shared by too many to be what two items are about."""


def sentence(edge: Edge, title: str, other: str, quotes: tuple[str, str] | None = None) -> str:
    """Why two items are connected, said in one sentence; `quotes` of the passages that are most alike."""
    strongest = edge.reasons[0]
    match strongest.type:
        case "link":
            return _linked(strongest, title, other)
        case "shared_link":
            return f"Both link to {_place(strongest.values[0])}."
        case "site":
            return f"Both come from {strongest.values[0]}."
    about = _subject(edge) or "They say similar things"
    return f"{about}: {_quoted(quotes[0])} and {_quoted(quotes[1])}." if quotes else f"{about}."


def in_words(reason: Reason) -> ShownReason:
    """One reason for a person to read."""
    return ShownReason(reason.type, _detail(reason), reason.score)


def telling_span(text: str, other: str, names: Sequence[str] = ()) -> tuple[int, int]:
    """The sentence of a passage that has most in common with another passage, or holds a name; as code points."""
    wanted = _content_words(other)
    for name in names:
        wanted |= _content_words(name)
    best, most = (0, len(text)), 0.0
    for start, end in sentence_spans(text, 0, len(text)):
        words = _content_words(text[start:end])
        # Long sentences have more of everything; lines of code share words, but say little.
        share = (len(words & wanted) + 0.1 * bool(words)) / (len(words) + 4) ** 0.5
        share *= 1.0 if _is_prose(text[start:end]) else _CODE
        if share > most:
            best, most = (start, end), share
    start, end = best
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def written_as(name: str, *texts: str) -> str:
    """A name as it stands in one of the texts (`SQLite`, not `sqlite`), else as it is."""
    for text in texts:
        place = text.casefold().find(name.casefold())
        found = text[place : place + len(name)]
        if place >= 0 and found.casefold() == name.casefold():
            return found
    return name


def _subject(edge: Edge) -> str:
    """What both have to do with, by their shared names, else by shared tags; empty when neither says it.

    A name stands in both texts, which need not be about it.
    """
    for type_, said in (("names", "Both speak of"), ("tags", "Both are about")):
        for reason in edge.reasons:
            if reason.type == type_ and (reason.score >= _WEAK or reason is edge.reasons[0]):
                return f"{said} {' and '.join(reason.values[:2])}"
    return ""


def _linked(reason: Reason, title: str, other: str) -> str:
    mine, theirs = _quoted(title, _TITLE), _quoted(other, _TITLE)
    if reason.direction == "both":
        return f"{mine} and {theirs} link to each other."
    return f"{mine} links to {theirs}." if reason.direction == "to" else f"{theirs} links to {mine}."


def _detail(reason: Reason) -> str:
    match reason.type:
        case "link":
            return {"to": "links to it", "from": "is linked from it", "both": "each links to the other"}[
                reason.direction or "both"
            ]
        case "similarity":
            return "passages say similar things"
        case "shared_link":
            return "both link to " + ", ".join(_place(address) for address in reason.values)
        case "names":
            return "both speak of " + ", ".join(reason.values)
        case "tags":
            return "both are tagged " + ", ".join(reason.values)
        case "site":
            return f"both come from {reason.values[0]}"


def _place(address: str) -> str:
    return shorten(address.partition("://")[2].rstrip("/"), 100)


def _quoted(text: str, most: int = QUOTED) -> str:
    return f"“{shorten(collapse(text), most).rstrip('.')}”"


def _is_prose(text: str) -> bool:
    """Whether a sentence is mostly words with spaces between them, and has a few; scripts without spaces are."""
    words = [word for word, _, _ in words_of(text)]
    if any(is_unspaced(word) for word in words):
        return True
    plain = sum(character.isalpha() or character == " " for character in text)
    return len(words) >= _FEW_WORDS and plain >= _PLAIN * len(text.strip())


def _content_words(text: str) -> set[str]:
    return {stem(word) for word, _, _ in words_of(folded(text)) if word not in STOP_WORDS}
