"""How fast models of Ollama wrote lately, from the books."""

from __future__ import annotations

import statistics

from cortex.db.driver import Connection

_LATEST = 200
_FEWEST_TOKENS = 16
"""Shorter answers say more about the clock than about the model."""


def of_ollama(connection: Connection) -> dict[str, float]:
    """The median of tokens a second, the wait for the first one left out, of each model that was asked lately."""
    rows = connection.execute(
        "SELECT model, completion_tokens / ((milliseconds - first_part_milliseconds) / 1000.0) FROM model_calls "
        "WHERE provider = 'ollama' AND outcome = 'ok' AND NOT cached AND completion_tokens >= ? "
        "AND milliseconds > first_part_milliseconds ORDER BY at DESC LIMIT ?",
        (_FEWEST_TOKENS, _LATEST),
    ).fetchall()
    speeds: dict[str, list[float]] = {}
    for model, speed in rows:
        speeds.setdefault(model, []).append(float(speed))
    return {model: round(statistics.median(found), 1) for model, found in speeds.items()}
