"""First answers to writes that carried an `Idempotency-Key`, kept for thirty days."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cortex.db.driver import Connection
from cortex.domain import clock

KEPT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was given, and the hash of the request that it answered."""

    request_hash: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def find(connection: Connection, key: str) -> StoredAnswer | None:
    """The answer that this key got within the last thirty days."""
    row = connection.execute(
        "SELECT request_hash, status, headers, body FROM idempotency_keys WHERE key = ? AND created_at > ?",
        (key, clock.after(-KEPT_SECONDS)),
    ).fetchone()
    if row is None:
        return None
    return StoredAnswer(row["request_hash"], row["status"], json.loads(row["headers"]), row["body"])


def store(connection: Connection, key: str, answer: StoredAnswer) -> None:
    """Keep an answer; one that is too old to count is replaced."""
    connection.execute(
        "INSERT OR REPLACE INTO idempotency_keys (key, request_hash, status, headers, body, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (key, answer.request_hash, answer.status, json.dumps(dict(answer.headers)), answer.body, clock.now()),
    )


def prune(connection: Connection) -> int:
    """Forget answers that no longer count; gives their number."""
    return connection.execute(
        "DELETE FROM idempotency_keys WHERE created_at <= ?", (clock.after(-KEPT_SECONDS),)
    ).rowcount
