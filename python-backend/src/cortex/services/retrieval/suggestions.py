"""What a person may be about to type: titles, tags, words, earlier searches, and spellings that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cortex.db import search_index
from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import found_items, searches
from cortex.db.search_index import Scope, Term
from cortex.domain.search import Suggestion
from cortex.services.retrieval.spelling import corrections
from cortex.services.retrieval.words import STOP_WORDS, is_prefix_term, is_unspaced, query_terms, stem

_LONGEST = 200
_TITLES = 4
_SHARE = 3


class Suggestions:
    """Suggests completions of what was typed so far."""

    def __init__(self, database: Database):
        self._database = database

    async def suggest(self, typed: str, *, limit: int) -> list[Suggestion]:
        """At most `limit` suggestions, the likeliest first, none twice; the latest searches when nothing was typed."""
        typed = " ".join(typed[:_LONGEST].encode(errors="replace").decode().replace("\x00", " ").split())
        return await self._database.read(lambda raw: _first(_suggestions(raw, typed), limit))


def _first(suggestions: Iterable[Suggestion], limit: int) -> list[Suggestion]:
    chosen: dict[tuple[str, str], Suggestion] = {}
    for suggestion in suggestions:
        leads_to = suggestion.type if suggestion.type in ("title", "tag") else "query"
        chosen.setdefault((suggestion.text.casefold(), leads_to), suggestion)
        if len(chosen) >= limit:
            break
    return list(chosen.values())


def _suggestions(connection: Connection, typed: str) -> Iterator[Suggestion]:
    for query in searches.history_from(connection, typed, limit=_SHARE if typed else 50):
        yield Suggestion(query, "history")
    if not typed:
        return
    yield from _titles(connection, typed)
    for tag in searches.tags_from(connection, typed.removeprefix("tag:"), limit=_SHARE):
        yield Suggestion(tag, "tag")
    before, _, last = typed.rpartition(" ")
    word = last.lower()
    if len(word) < 2 or is_unspaced(word):
        return
    for term in searches.terms_from(connection, word, limit=_SHARE + 1):
        if term != word and term not in STOP_WORDS:
            yield Suggestion(f"{before} {term}".strip(), "term")
    yield from _spellings(connection, typed)


def _titles(connection: Connection, typed: str) -> Iterator[Suggestion]:
    """Items whose title holds all words, the last one perhaps unfinished."""
    terms = query_terms(typed)
    if not terms or (len(terms[-1]) < 2 and not is_prefix_term(terms[-1])):
        return  # one letter begins a large part of all words
    words = [Term(term, prefix=is_prefix_term(term)) for term in terms]
    words[-1] = Term(terms[-1], prefix=True)
    expression = "{title} : (" + " AND ".join(word.expression for word in words) + ")"
    clause = search_index.scope_clause(connection, Scope())
    numbers = search_index.items_matching(connection, expression, clause, limit=_TITLES)
    found = found_items.get_many(connection, numbers)
    for number in numbers:
        if number in found:
            yield Suggestion(found[number].title, "title", found[number].id)


def _spellings(connection: Connection, typed: str) -> Iterator[Suggestion]:
    words = [word for word in query_terms(typed) if len(word) >= 4 and word.isalpha() and not is_unspaced(word)]
    known = search_index.passage_counts(connection, [stem(word) for word in words])
    found = corrections(connection, [word for word in words if stem(word) not in known])
    if found:
        yield Suggestion(" ".join(found.get(word.lower(), word) for word in typed.split()), "spelling")
