"""How the progress of processing is told to everybody who shows it."""

from __future__ import annotations

from cortex.domain.item import Item
from cortex.services.events import EventBus


def announce(events: EventBus, item: Item) -> None:
    """Tell where an item stands."""
    error = {"code": item.error.code, "message": item.error.message} if item.error else None
    events.publish(
        "item.updated",
        {
            "item_id": item.id,
            "status": item.status,
            "stage": item.stage,
            "progress": item.progress,
            "error": error,
        },
    )
