"""What a search will do, worked out from the request alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cortex.db.search_index import Scope, Term, phrase_expression
from cortex.domain.search import Mode, QueryType, SearchRequest
from cortex.services.retrieval.query_language import ParsedQuery, parse
from cortex.services.retrieval.words import is_prefix_term, query_terms, without_stop_words

DEPTH = 200
"""Passages that each leg contributes at least."""
MOST_TERMS = 64
"""Distinct words of a query that are looked up."""
_PIECE = 900
_MOST_PIECES = 4


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """A search taken apart for its legs."""

    request: SearchRequest
    parsed: ParsedQuery
    query_type: QueryType
    mode: Mode
    scope: Scope
    terms: tuple[str, ...]
    """Words that say something, repeated ones kept."""
    phrases: tuple[str, ...]
    """FTS5 expressions."""
    texts: tuple[str, ...]
    """What is embedded; the mean of their vectors asks."""
    depth: int = DEPTH
    similar_to: str | None = None
    degraded: bool = False
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Words that the library lacks, and what was searched for beside them."""
    ways: tuple[str, ...] = ()
    """Other ways to put the search, from a language model."""
    stays_here: bool = False
    """Whether what is asked must not leave the machine: the embedded model alone may be asked for its meaning."""

    @property
    def lists_items(self) -> bool:
        """Whether there is nothing to rank by: newest first."""
        return not self.terms and not self.phrases and self.similar_to is None

    def with_words_only(self) -> SearchPlan:
        """The same search by words, because its meaning cannot be asked for now."""
        return replace(self, mode="keyword", degraded=True)

    def asks_words(self) -> bool:
        return self.mode != "semantic" and bool(self.terms or self.phrases)

    def asks_meaning(self) -> bool:
        return self.mode != "keyword" and (bool(self.texts) or self.similar_to is not None)

    def corrected(self, corrections: Mapping[str, str]) -> SearchPlan:
        """The same search with misspelt words joined by their corrections."""
        text = " ".join(corrections.get(word.lower(), word) for word in self.parsed.text.split())
        extra = tuple(corrections[term] for term in dict.fromkeys(self.terms) if term in corrections)
        return replace(
            self,
            parsed=replace(self.parsed, text=text),
            terms=(*self.terms, *extra),
            texts=_pieces(text),
            corrections=dict(corrections),
        )

    def widened(self, ways: Sequence[str]) -> SearchPlan:
        """The same search with other ways to put it beside the given one."""
        known = set(self.terms)
        found = dict.fromkeys(word for way in ways for word in without_stop_words(query_terms(way)))
        extra = [word for word in found if word not in known][: max(MOST_TERMS - len(known), 0)]
        return replace(
            self,
            terms=(*self.terms, *extra),
            texts=(*self.texts, *(way[:_PIECE] for way in ways)),
            ways=tuple(ways),
        )


def plan(request: SearchRequest) -> SearchPlan:
    """Takes a request apart. Never fails on what the query says."""
    parsed = parse(request.query)
    filters = parsed.filters.and_(request.filters)
    phrased = {term for phrase in parsed.phrases for term in phrase}
    loose = [term for term in parsed.terms if term not in phrased]
    terms = _most_telling(without_stop_words(loose) if loose else [])
    return SearchPlan(
        request=request,
        parsed=parsed,
        query_type=parsed.query_type(filtered=not request.filters.empty),
        mode=request.mode,
        scope=Scope(
            filters=filters,
            phrases=tuple(_expression(phrase) for phrase in parsed.phrases),
            excluded=tuple(_expression(words) for words in parsed.excluded),
        ),
        terms=tuple(terms),
        phrases=tuple(_expression(phrase) for phrase in parsed.phrases),
        texts=_pieces(parsed.text) if parsed.terms else (),
        depth=max(DEPTH, 4 * (request.offset + request.limit)),
        similar_to=parsed.similar_to,
    )


def term(text: str) -> Term:
    """A word of a query as the index looks for it."""
    return Term(text, prefix=is_prefix_term(text))


def telling_terms(text: str) -> list[str]:
    """The most telling words of a long text."""
    return _most_telling(without_stop_words(query_terms(text)))


def all_words(query: str, *, unfinished_from: int = 1) -> str | None:
    """An FTS5 expression for words that must all be there, the last one perhaps unfinished if it has so many letters;
    None when there are no words. Nothing in `query` is an operator."""
    words = without_stop_words(query_terms(query))[:MOST_TERMS]
    if not words:
        return None
    last = Term(words[-1], prefix=is_prefix_term(words[-1]) or len(words[-1]) >= unfinished_from)
    return " AND ".join(each.expression for each in (*(term(word) for word in words[:-1]), last))


def _expression(words: tuple[str, ...]) -> str:
    return phrase_expression([term(word) for word in words])


def _most_telling(terms: list[str]) -> list[str]:
    """All terms of a usual query; of a long text those that occur most, long words first."""
    counts = Counter(terms)
    if len(counts) <= MOST_TERMS:
        return terms
    kept = set(sorted(counts, key=lambda word: (-counts[word], -len(word), word))[:MOST_TERMS])
    return [word for word in dict.fromkeys(terms) if word in kept]


def _pieces(text: str) -> tuple[str, ...]:
    """A text in at most four pieces that a model can read whole; later ones of a very long text are left out."""
    if len(text) <= _PIECE:
        return (text,) if text else ()
    pieces: list[str] = []
    while text and len(pieces) < _MOST_PIECES:
        cut = text.rfind(" ", _PIECE // 2, _PIECE)
        cut = cut if cut != -1 and len(text) > _PIECE else _PIECE
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return tuple(pieces)
