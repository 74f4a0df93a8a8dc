"""Tells the word index that titles, tags or notes are other words now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from cortex.exceptions import CortexError, ItemNotFoundError
from cortex.observability.logs import get_logger

log = get_logger(__name__)
TermsChanged = Callable[[Sequence[str]], Awaitable[None]]
"""Told the ids of items whose titles or tags are other words now."""
_AT_ONCE = 20
"""Items refreshed before the change is answered; more of them follow in the background."""


class TermRefresh:
    """Refreshes the words of changed items. Before an index is attached there are none to refresh."""

    def __init__(self) -> None:
        self._refresh: Callable[[str], Awaitable[None]] | None = None
        self._running: set[asyncio.Task[None]] = set()

    def attach(self, refresh: Callable[[str], Awaitable[None]]) -> None:
        """From now on, tell this index."""
        self._refresh = refresh

    async def __call__(self, item_ids: Sequence[str]) -> None:
        """These items' words changed. Many are refreshed in the background, so that nobody waits for them."""
        if len(item_ids) <= _AT_ONCE:
            await self._all(item_ids)
            return
        task = asyncio.create_task(self._all(item_ids))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _all(self, item_ids: Sequence[str]) -> None:
        if self._refresh is None:
            return
        for item_id in item_ids:
            try:
                await self._refresh(item_id)
            except ItemNotFoundError:
                continue  # deleted meanwhile: it has no words any more
            except CortexError as error:
                # The change itself is stored; the item is found by its old words until it is indexed again.
                log.warning("words were not refreshed", item_id=item_id, error=error.code)

    async def close(self) -> None:
        """Stop what still runs."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
