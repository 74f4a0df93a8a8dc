"""Telling which items changed, without flooding whoever listens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cortex.services.events import EventBus

AT_MOST = 200
"""Items told one by one; after a larger change every view reads again."""


def tell_items(
    events: EventBus, type_: Literal["item.created", "item.updated", "item.deleted"], item_ids: Sequence[str]
) -> None:
    """Publish an event for each item, or one `reset` for very many."""
    if len(item_ids) > AT_MOST:
        events.publish("reset", {})
        return
    for item_id in item_ids:
        events.publish(type_, {"item_id": item_id})
