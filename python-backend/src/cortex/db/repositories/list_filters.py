"""The filters of lists and bulk actions as SQL. Search has its own, with negations: `cortex.db.item_filters`."""

from __future__ import annotations

import json

from cortex.domain.item import ItemFilters

_TAGGED = "SELECT it.item_number FROM item_tags it JOIN tags t ON t.number = it.tag_number WHERE t.name = ?"
_READING: dict[bool | None, tuple[str, ...]] = {
    None: (),
    True: ("items.read_progress >= 0.95",),
    False: ("items.read_progress < 0.95",),
}


def conditions(filters: ItemFilters) -> tuple[str, list[object]]:
    """A condition over the table `items` and its parameters."""
    parts = [f"items.deleted_at IS {'NOT ' if filters.trashed else ''}NULL", *_READING[filters.read]]
    values: list[object] = []

    def add(condition: str, *parameters: object) -> None:
        parts.append(condition)
        values.extend(parameters)

    for membership, chosen in (("IN", filters.ids), ("NOT IN", filters.except_ids or None)):
        if chosen is not None:
            add(f"items.id {membership} (SELECT value FROM json_each(?))", json.dumps(chosen))
    if filters.status is not None:
        add("items.status IN (SELECT value FROM json_each(?))", json.dumps(filters.status))
        if "ready" not in filters.status:
            parts.append("items.status <> 'ready'")  # lets SQLite see that the small index of unready items serves
    if filters.kind is not None:
        add("items.kind IN (SELECT value FROM json_each(?))", json.dumps(filters.kind))
    for tag in filters.tags or ():
        add(f"items.number IN ({_TAGGED})", tag)
    if filters.collection_id is not None:
        add(
            "items.collection_id IN (WITH RECURSIVE nested(id) AS (SELECT ? UNION "
            "SELECT c.id FROM collections c JOIN nested ON c.parent_id = nested.id) SELECT id FROM nested)",
            filters.collection_id,
        )
    if filters.site is not None:
        site = filters.site.lower().removeprefix("www.")
        add("(items.site = ? OR substr(items.site, -length(?) - 1) = '.' || ?)", site, site, site)
    for column in ("source", "favourite", "archived", "local_only"):
        wanted = getattr(filters, column)
        if wanted is not None:
            add(f"items.{column} = ?", wanted)
    for comparison, moment in ((">=", filters.created_after), ("<", filters.created_before)):
        if moment is not None:
            add(f"items.created_at {comparison} ?", moment)
    return " AND ".join(parts), values
