"""The query language. Whatever is not a well-formed operator is searched for as it stands: nothing is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from cortex.domain import clock
from cortex.domain.item import Kind
from cortex.domain.search import NO_FILTERS, Filters, QueryType
from cortex.services.retrieval.words import query_terms

KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_QUERY = 100_000
"""Characters of a query that are looked at."""
_LONG_TEXT_WORDS = 60
"""From this many words on, a query is a text to find similar ones for."""
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u00ab": '"', "\u00bb": '"'})
_PART = re.compile(
    r"""(?<!\S)(?P<minus>-?)(?:
          (?P<field>[A-Za-z]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]+))(?!\S)
        | "(?P<phrase>[^"]*)"(?=[\s.,;:!?)]|$)
        | (?P<word>[^\s"]+)(?!\S)
        )""",
    re.VERBOSE,
)
_QUESTION = re.compile(
    r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|should|would|will|has|have"
    r"|wer|was|wann|wo|welche[rsnm]?|warum|wieso|wie|qui|que|quoi|quand|où|pourquoi|comment|quién|qué|cuándo|dónde"
    r"|cómo|por qué|chi|cosa|quando|dove|perché|come)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query taken apart."""

    text: str = ""
    """What is left without operators: for the meaning, phrases without their quotes included."""
    terms: tuple[str, ...] = ()
    """Words of `text` as the word index holds them, in order, stop words included."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Each one's terms, which must stand one after another."""
    excluded: tuple[tuple[str, ...], ...] = ()
    """Words and phrases that must not occur in the item."""
    filters: Filters = NO_FILTERS
    similar_to: str | None = None
    """An item's id: find what resembles it."""

    def query_type(self, *, filtered: bool) -> QueryType:
        """What kind of query this is; `filtered`: the request brings filters beside it."""
        if self.similar_to is not None or len(self.terms) >= _LONG_TEXT_WORDS:
            return "similar"
        if self.phrases:
            return "phrase"
        if filtered or self.excluded or not self.filters.empty:
            return "filtered"
        if self.text.rstrip().endswith(("?", "？")) or (len(self.terms) > 2 and _QUESTION.match(self.text.lstrip())):
            return "question"
        return "simple"


def parse(query: str) -> ParsedQuery:
    """Takes a query apart. Never fails."""
    # half a surrogate pair, which JSON can carry, is no character
    query = query[:LONGEST_QUERY].encode(errors="replace").decode().replace("\x00", " ").translate(_QUOTES)
    parsed = ParsedQuery()
    rest: list[str] = []
    phrases: list[tuple[str, ...]] = []
    excluded: list[tuple[str, ...]] = []
    position = 0
    for match in _PART.finditer(query):
        rest.append(query[position : match.start()])
        position = match.end()
        minus = bool(match["minus"])
        if match["field"] is not None:
            value = match["quoted"] if match["quoted"] is not None else match["value"]
            understood = _operator(parsed, match["field"].lower(), value.strip(), minus=minus)
            if understood is not None:
                parsed = understood
                rest.append(" ")
                continue
        if match["phrase"] is not None:
            terms = tuple(query_terms(match["phrase"]))
            if terms and minus:
                excluded.append(terms)
                continue
            if terms:
                phrases.append(terms)
            rest.append(match["phrase"])
            continue
        if minus and match["word"] is not None and (terms := tuple(query_terms(match["word"]))):
            excluded.append(terms)
            continue
        rest.append(match.group())
    rest.append(query[position:])
    text = " ".join("".join(rest).split())
    return replace(parsed, text=text, terms=tuple(query_terms(text)), phrases=tuple(phrases), excluded=tuple(excluded))


def _operator(parsed: ParsedQuery, name: str, value: str, *, minus: bool) -> ParsedQuery | None:
    """The query with this operator taken in; None when it is not one."""
    if not value:
        return None
    if name == "similar" and value.startswith("item_") and not minus:
        return replace(parsed, similar_to=value)
    filters = _filters(parsed.filters, name, value, minus=minus)
    return replace(parsed, filters=filters) if filters is not None else None


def _filters(old: Filters, name: str, value: str, *, minus: bool) -> Filters | None:
    if name in ("tag", "site", "in"):
        return _named(old, name, value, minus=minus)
    if name == "kind":
        kind = next((known for known in KINDS if known == value.lower()), None)
        if kind is None:
            return None
        return replace(old, not_kinds=(*old.not_kinds, kind)) if minus else replace(old, kinds=(*old.kinds, kind))
    if name == "is":
        return _state(old, value.lower(), wanted=not minus)
    if name in ("before", "after") and not minus:
        day = _first_day(value)
        if day is None:
            return None
        moment = clock.to_text(datetime(day.year, day.month, day.day, tzinfo=UTC))
        if name == "before":
            return replace(old, created_before=min(moment, old.created_before or moment))
        return replace(old, created_after=max(moment, old.created_after or moment))
    return None


def _named(old: Filters, name: str, value: str, *, minus: bool) -> Filters:
    if name == "tag":
        return replace(old, not_tags=(*old.not_tags, value)) if minus else replace(old, tags=(*old.tags, value))
    if name == "site":
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", value.lower()).split("/", 1)[0]
        return replace(old, not_sites=(*old.not_sites, host)) if minus else replace(old, sites=(*old.sites, host))
    if minus:
        return replace(old, not_collections=(*old.not_collections, value))
    return replace(old, collections=(*old.collections, value))


def _state(old: Filters, value: str, *, wanted: bool) -> Filters | None:
    if value in ("favourite", "favorite", "starred"):
        return replace(old, favourite=wanted)
    if value == "highlighted":
        return replace(old, highlighted=wanted)
    if value == "archived":
        return replace(old, archived=wanted)
    if value in ("read", "unread"):
        return replace(old, read=wanted == (value == "read"))
    return None


def _first_day(value: str) -> date | None:
    """The first day of a year, a month or a day; `today` and `yesterday` too."""
    today = datetime.now(UTC).date()
    if value.lower() in ("today", "yesterday"):
        return today - timedelta(days=value.lower() == "yesterday")
    match = _DATE.match(value)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
