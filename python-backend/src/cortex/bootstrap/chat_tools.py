"""Wires what models may do while they answer."""

from __future__ import annotations

from cortex.db.blobs import BlobStore
from cortex.db.database import Database
from cortex.queue.wakeup import Wakeup
from cortex.services.capture import CaptureService
from cortex.services.chat_tools.calls import ToolCallService
from cortex.services.chat_tools.reading import Retrieve
from cortex.services.chat_tools.toolbox import Toolbox
from cortex.services.chat_tools.writing import Writers
from cortex.services.events import EventBus
from cortex.services.items import ItemService
from cortex.services.tasks import TaskService
from cortex.services.term_refresh import TermsChanged


def tool_calls(
    database: Database,
    retrieve: Retrieve,
    blobs: BlobStore,
    events: EventBus,
    wakeup: Wakeup,
    terms_changed: TermsChanged,
) -> ToolCallService:
    """The calls of tools, and the services that carry out what was approved, each over a witnessed library."""

    def writers(library: Database) -> Writers:
        return Writers(
            tasks=TaskService(library, events),
            capture=CaptureService(library, blobs, events, wakeup),
            items=ItemService(library, blobs, events, wakeup, terms_changed),
        )

    return ToolCallService(database, Toolbox(database, retrieve), writers)
