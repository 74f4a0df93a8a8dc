"""The owner's settings: JSON values by key. Writing goes through `ChangeLog.set_setting`."""

from __future__ import annotations

import json
from typing import Any

from cortex.db.driver import Connection


def get(connection: Connection, key: str) -> Any:
    """The value of a setting; None when it was never set."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row is not None else None
