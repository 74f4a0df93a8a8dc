"""What smart collections hold: their queries answered as sets, without ranking. Functions of a connection.

A word of the query must stand in the item (in any form that the word index takes for the same), so that an item either
belongs or does not; nearness in meaning has no such border.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cortex.db import search_index
from cortex.db.driver import Connection
from cortex.db.repositories import collections
from cortex.db.search_index import Scope
from cortex.domain.collection import CollectionQuery
from cortex.domain.item import ItemFilters
from cortex.domain.search import IMPOSSIBLE, Filters, SearchRequest
from cortex.exceptions import ConflictError, ValidationError
from cortex.services.retrieval.plan import plan, term


def check(query: CollectionQuery) -> None:
    """Raises ValidationError when the query names no set of items."""
    planned = plan(SearchRequest(query.query, filters=query.filters))
    if planned.similar_to is not None:
        raise _refused("What is similar has no border, so it makes no collection. Nothing was changed.")
    if _scope(query) == Scope():
        raise _refused("A smart collection needs a word or a filter to go by. Nothing was changed.")


def refuse_cycle(connection: Connection, collection_id: str) -> None:
    """Raises ConflictError when what a collection holds depends on itself, through nesting or `in:`."""
    seen: set[str] = set()
    following = _leads_to(connection, collection_id)
    while following:
        one = following.pop()
        if one == collection_id:
            raise ConflictError("This collection would hold itself, through its query or what it lies in.")
        if one not in seen:
            seen.add(one)
            following += _leads_to(connection, one)


def _leads_to(connection: Connection, collection_id: str) -> list[str]:
    query = collections.get_query(connection, collection_id)
    if query is None:
        return [child.id for child in collections.children(connection, collection_id)]
    filters = _scope(query).filters
    return [one for one, _ in collections.tree(connection, (*filters.collections, *filters.not_collections))]


def count(connection: Connection, collection_id: str, query: CollectionQuery) -> int:
    """How many live items a smart collection holds now."""
    return len(_matching(connection, query, frozenset({collection_id})))


def resolve(connection: Connection, filters: Filters, within: frozenset[str] = frozenset()) -> Filters:
    """The filters with smart collections (and folders that hold some) replaced by the items that they hold now."""
    wanted = _members(connection, filters.collections, within)
    if wanted is not None:
        rest = replace(filters, collections=())
        filters = rest.and_(Filters(item_ids=tuple(wanted) or (IMPOSSIBLE,)))
    unwanted = _members(connection, filters.not_collections, within)
    if unwanted is not None:
        filters = replace(filters, not_collections=(), not_item_ids=(*filters.not_item_ids, *unwanted))
    return filters


def resolve_list(connection: Connection, filters: ItemFilters) -> ItemFilters:
    """The same for the filters of a list."""
    if filters.collection_id is None or not collections.exists(connection, filters.collection_id):
        return filters
    wanted = _members(connection, (filters.collection_id,), frozenset())
    if wanted is None:
        return filters
    allowed = wanted if filters.ids is None else [item_id for item_id in filters.ids if item_id in set(wanted)]
    return replace(filters, collection_id=None, ids=tuple(allowed))


def _members(connection: Connection, names: Sequence[str], within: frozenset[str]) -> list[str] | None:
    """The ids of the live items in these collections; None when there is no smart one among them."""
    if not names:
        return None
    tree = collections.tree(connection, names)
    smart = [(one, query) for one, query in tree if query is not None]
    if not smart:
        return None
    found = dict.fromkeys(collections.live_item_ids(connection, [one for one, query in tree if query is None]))
    for one, query in smart:
        if one not in within:  # a cycle that a rename or an undo made adds nothing
            found.update(dict.fromkeys(_matching(connection, query, within | {one})))
    return list(found)


def _matching(connection: Connection, query: CollectionQuery, within: frozenset[str]) -> list[str]:
    scope = _scope(query)
    return search_index.item_ids(connection, replace(scope, filters=resolve(connection, scope.filters, within)))


def _scope(query: CollectionQuery) -> Scope:
    planned = plan(SearchRequest(query.query, filters=query.filters))
    words = (term(word).expression for word in dict.fromkeys(planned.terms))
    return replace(planned.scope, phrases=(*planned.scope.phrases, *words))


def _refused(message: str) -> ValidationError:
    return ValidationError(message, details=[{"loc": ["body", "query"], "msg": message, "type": "query"}])
