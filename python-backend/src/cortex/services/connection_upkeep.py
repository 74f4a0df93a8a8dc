"""Connects items again when a change makes their edges outdated: tags, the trash, content without a model."""

from __future__ import annotations

from cortex.exceptions import CortexError
from cortex.observability.logs import get_logger
from cortex.services.connections import ConnectionService
from cortex.services.events import Event, EventBus

log = get_logger(__name__)


class ConnectionUpkeep:
    """Follows the changes of items; what it misses, housekeeping takes up."""

    def __init__(self, connections: ConnectionService, events: EventBus):
        self._connections = connections
        self._events = events

    async def run(self) -> None:
        """Until cancelled, or until the bus is closed."""
        with self._events.subscribe() as subscription:
            async for event in subscription:
                if event.type == "reset":
                    await self._connect(None)
                elif event.type == "item.updated" and _may_matter(event):
                    await self._connect(str(event.data.get("item_id")))

    async def _connect(self, item_id: str | None) -> None:
        try:
            connected = await self._connections.connect_outdated(item_id)
        except CortexError as error:
            log.warning("items not connected for now", error=error.code)
        else:
            if connected:
                self._events.publish("connections.updated", {})


def _may_matter(event: Event) -> bool:
    """A person's change, or an item that waits for a model: until then it is connected by what else it shares."""
    return "status" not in event.data or (event.data["status"], event.data.get("stage")) == ("waiting", "embed")
