"""Item filters as SQL conditions, shared by lists, bulk actions and search."""

from __future__ import annotations

import json

from cortex.domain.item import ItemFilters


def conditions(filters: ItemFilters, *, items: str = "items") -> tuple[str, list[object]]:
    """A condition over `items` (the table's name or alias in the query) and its parameters."""
    parts = [f"{items}.deleted_at IS {'NOT ' if filters.trashed else ''}NULL"]
    values: list[object] = []

    def add(condition: str, *parameters: object) -> None:
        parts.append(condition)
        values.extend(parameters)

    if filters.ids is not None:
        add(f"{items}.id IN (SELECT value FROM json_each(?))", json.dumps(filters.ids))
    if filters.status is not None:
        add(f"{items}.status IN (SELECT value FROM json_each(?))", json.dumps(filters.status))
    if filters.kind is not None:
        add(f"{items}.kind IN (SELECT value FROM json_each(?))", json.dumps(filters.kind))
    for tag in filters.tags or ():
        add(f"{_tagged(items)} AND t.name = ?)", tag)
    for tag in filters.not_tags or ():
        add(f"NOT {_tagged(items)} AND t.name = ?)", tag)
    if filters.collection_id is not None:
        add(
            f"{items}.collection_id IN (WITH RECURSIVE nested(id) AS (SELECT ? UNION "
            "SELECT c.id FROM collections c JOIN nested ON c.parent_id = nested.id) SELECT id FROM nested)",
            filters.collection_id,
        )
    if filters.source is not None:
        add(f"{items}.source = ?", filters.source)
    if filters.site is not None:
        site = filters.site.lower().removeprefix("www.")
        add(f"({items}.site = ? OR substr({items}.site, -length(?) - 1) = '.' || ?)", site, site, site)
    if filters.favourite is not None:
        add(f"{items}.favourite = ?", filters.favourite)
    if filters.archived is not None:
        add(f"{items}.archived = ?", filters.archived)
    if filters.created_after is not None:
        add(f"{items}.created_at >= ?", filters.created_after)
    if filters.created_before is not None:
        add(f"{items}.created_at < ?", filters.created_before)
    return " AND ".join(parts), values


def _tagged(items: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM item_tags it JOIN tags t ON t.number = it.tag_number "
        f"WHERE it.item_number = {items}.number"
    )
