"""Items by their short keys. Functions of a connection, for use inside one snapshot."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cortex.db.driver import Connection
from cortex.db.repositories import items
from cortex.domain.item import Item


def get(connection: Connection, numbers: Sequence[int]) -> dict[int, Item]:
    """The items that exist among these, by short key."""
    ids = {
        row[1]: row[0]
        for row in connection.execute(
            "SELECT number, id FROM items WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
    }
    return {ids[item.id]: item for item in items.get_many(connection, list(ids))}
