"""The steps: each reads the digest's draft, writes what it makes into it, and may run twice without harm."""

from __future__ import annotations

from cortex.services.digests.making import DigestMaking
from cortex.workflows.digest.state import DigestState


class DigestNodes:
    """One method a step; the graph gives their order."""

    def __init__(self, making: DigestMaking):
        self._making = making

    async def gather(self, state: DigestState) -> DigestState:
        """Which items are new, which were read lately."""
        return _unless(await self._making.gather(state["digest_id"]))

    async def theme(self, state: DigestState) -> DigestState:
        """New items by theme, and what they belong with."""
        return _unless(await self._making.theme(state["digest_id"]))

    async def rank(self, state: DigestState) -> DigestState:
        """What died, was forgotten, is to be read, is due."""
        return _unless(await self._making.rank(state["digest_id"]))

    async def write(self, state: DigestState) -> DigestState:
        """Let a model write about it, if one is at hand."""
        return _unless(await self._making.write(state["digest_id"]))

    async def verify(self, state: DigestState) -> DigestState:
        """Check every quote and every sentence."""
        return _unless(await self._making.verify(state["digest_id"]))

    async def store(self, state: DigestState) -> DigestState:
        """Show it."""
        await self._making.store(state["digest_id"])
        return {"over": True}


def _unless(goes_on: bool) -> DigestState:
    return {} if goes_on else {"over": True}
