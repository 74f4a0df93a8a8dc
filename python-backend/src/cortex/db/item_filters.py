"""Conditions on items as SQL over `items`, every value bound."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cortex.domain.search import Filters

_IN_COLLECTIONS = (
    "collection_id IN (WITH RECURSIVE inside(id) AS ("
    "SELECT id FROM collections WHERE id IN (SELECT value FROM json_each(?1)) "
    "OR name COLLATE NOCASE IN (SELECT value FROM json_each(?1)) "
    "UNION SELECT c.id FROM collections c JOIN inside ON c.parent_id = inside.id) SELECT id FROM inside)"
)
_HAS_TAG = (
    "number IN (SELECT it.item_number FROM item_tags it JOIN tags t ON t.number = it.tag_number WHERE t.name = ?1)"
)
_ON_SITES = (
    "EXISTS (SELECT 1 FROM json_each(?1) s WHERE items.site = s.value "
    "OR substr(items.site, -length(s.value) - 1) = '.' || s.value)"
)


class Conditions:
    """Collects conditions and their values; `sql` is a WHERE clause with positional marks."""

    def __init__(self) -> None:
        self._clauses: list[str] = []
        self.values: list[object] = []

    def add(self, clause: str, *values: object) -> None:
        """One condition; `?1` stands for its one value, as often as it occurs."""
        self._clauses.append(clause.replace("?1", "?"))
        self.values += list(values) * (clause.count("?1") or 1)

    def add_list(self, clause: str, values: Sequence[str]) -> None:
        """A condition over a list, unless the list is empty; `?1` stands for it as JSON."""
        if values:
            self.add(clause, json.dumps(list(values)))

    @property
    def sql(self) -> str:
        return " AND ".join(f"({clause})" for clause in self._clauses) or "1"


def live_items(filters: Filters) -> Conditions:
    """Conditions on `items` for the items that pass the filters; trashed ones never do."""
    conditions = Conditions()
    conditions.add("deleted_at IS NULL")
    conditions.add_list("id IN (SELECT value FROM json_each(?1))", filters.item_ids)
    conditions.add_list("id NOT IN (SELECT value FROM json_each(?1))", filters.not_item_ids)
    conditions.add_list("kind IN (SELECT value FROM json_each(?1))", filters.kinds)
    conditions.add_list("kind NOT IN (SELECT value FROM json_each(?1))", filters.not_kinds)
    conditions.add_list("source IN (SELECT value FROM json_each(?1))", filters.sources)
    conditions.add_list(_IN_COLLECTIONS, filters.collections)
    conditions.add_list(f"collection_id IS NULL OR NOT {_IN_COLLECTIONS}", filters.not_collections)
    conditions.add_list(_ON_SITES, [site.lower().removeprefix("www.") for site in filters.sites])
    conditions.add_list(
        f"site IS NULL OR NOT {_ON_SITES}", [site.lower().removeprefix("www.") for site in filters.not_sites]
    )
    for tag in filters.tags:
        conditions.add(_HAS_TAG, tag)
    for tag in filters.not_tags:
        conditions.add(f"NOT {_HAS_TAG}", tag)
    for column, wanted in (("favourite", filters.favourite), ("archived", filters.archived)):
        if wanted is not None:
            conditions.add(f"{column} = ?1", int(wanted))
    if filters.read is not None:
        conditions.add("read_progress >= 0.95" if filters.read else "read_progress < 0.95")
    if filters.highlighted is not None:
        conditions.add(f"id {'IN' if filters.highlighted else 'NOT IN'} (SELECT item_id FROM highlights)")
    if filters.created_after is not None:
        conditions.add("created_at >= ?1", filters.created_after)
    if filters.created_before is not None:
        conditions.add("created_at < ?1", filters.created_before)
    return conditions
