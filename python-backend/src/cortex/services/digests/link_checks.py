"""Whether saved addresses still lead somewhere: a few now and then, if the owner switched that on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from cortex.db.database import Database
from cortex.db.repositories import link_checks
from cortex.db.repositories.link_checks import Address
from cortex.domain import clock
from cortex.exceptions import CortexError, FetchError
from cortex.observability.logs import get_logger
from cortex.security.outbound import FetchLimits, OutboundClient
from cortex.services.digests.days import Days
from cortex.services.settings import SettingsService

log = get_logger(__name__)

PURPOSE = "link_check"
"""In the ledger."""
EVERY_S = 3600.0
PAUSE_S = 10.0
"""Between two addresses."""
_ROUND = 12
"""Addresses of one round, each of another host: a library of 10,000 is looked through in about five weeks."""
_AGAIN_DAYS = 30
_FAILED_AGAIN_HOURS = 20
_LIMITS = FetchLimits(size=256 * 1024, seconds=20.0, redirects=5)
_NO_HEAD = frozenset({"http_400", "http_403", "http_404", "http_405", "http_406", "http_410", "http_500", "http_501"})
"""After these a GET is tried: some servers answer HEAD with anything."""
_DEAD = frozenset({"http_404", "http_410"})
_AGENT = "Cortex"


class LinkChecks:
    """Looks addresses up through the guarded client; every connection is in the ledger."""

    def __init__(
        self,
        database: Database,
        outbound: OutboundClient,
        preferences: SettingsService,
        days: Days | None = None,
        now: Callable[[], str] = clock.now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ):
        self._database = database
        self._outbound = outbound
        self._preferences = preferences
        self._days = days or Days()
        self._now = now
        self._sleep = sleep
        self._set_aside: set[int] = set()
        """Addresses whose names nobody knew when no other name was known either: others have their turn first."""

    async def run(self) -> None:
        """A round every hour, until cancelled."""
        while True:
            await self._sleep(EVERY_S)
            try:
                await self.round()
            except CortexError as error:
                log.warning("looking after addresses put off", error=error.code)

    async def round(self) -> int:
        """Look at a few addresses; gives how many: none while the owner has not switched it on."""
        if not (await self._preferences.preferences()).check_links:
            return 0
        now = self._now()
        found = await self._database.read(
            lambda connection: link_checks.due(
                connection,
                checked_before=self._days.before(now, days=_AGAIN_DAYS),
                failing_before=self._days.before(now, hours=_FAILED_AGAIN_HOURS),
                limit=4 * _ROUND + len(self._set_aside),
            )
        )
        found = [address for address in found if address.number not in self._set_aside]
        results: list[tuple[Address, str]] = []
        for address in _each_host_once(found)[:_ROUND]:
            if results:
                await self._sleep(PAUSE_S)
                if not (await self._preferences.preferences()).check_links:
                    break  # switched off meanwhile
            results.append((address, await self._look(address)))
        if all(result == "dns" for _, result in results):
            # Offline, no name is known: that says nothing of the sites.
            aside = {address.number for address, _ in results}
            self._set_aside = self._set_aside | aside if results else set()
            return len(results)
        for address, result in results:
            await self._note(address, result)
        return len(results)

    async def _look(self, address: Address) -> str:
        """`alive`, or why not."""
        try:
            if not await self._may(address):
                return "robots"
            try:
                await self._outbound.fetch(
                    address.url, purpose=PURPOSE, item_id=address.item_id, limits=_LIMITS, method="HEAD"
                )
            except FetchError as error:
                if error.reason not in _NO_HEAD:
                    raise
                await self._outbound.fetch(address.url, purpose=PURPOSE, item_id=address.item_id, limits=_LIMITS)
        except FetchError as error:
            return "alive" if error.reason == "too_large" else error.reason
        return "alive"

    async def _may(self, address: Address) -> bool:
        """Whether the site lets programs come by. Raises FetchError where nobody can say."""
        parts = urlsplit(address.url)
        rules = RobotFileParser()
        try:
            page = await self._outbound.fetch(
                f"{parts.scheme}://{parts.netloc}/robots.txt", purpose=PURPOSE, item_id=address.item_id, limits=_LIMITS
            )
        except FetchError as error:
            if error.reason.startswith("http_4"):
                return True
            raise
        rules.parse(page.body.decode("utf-8", "replace").splitlines())
        return rules.can_fetch(_AGENT, address.url)

    async def _note(self, address: Address, result: str) -> None:
        at = self._now()
        if result in ("alive", "dns") or result in _DEAD:
            reason = None if result == "alive" else result
            day = self._days.day(at)
            await self._database.write(
                lambda connection: link_checks.note(connection, address.number, at=at, day=day, reason=reason)
            )
        else:
            await self._database.write(lambda connection: link_checks.put_off(connection, address.number, at))


def _each_host_once(addresses: list[Address]) -> list[Address]:
    """The first address of each host."""
    first: dict[str, Address] = {}
    for address in addresses:
        host = urlsplit(address.url).hostname
        if host is not None:
            first.setdefault(host, address)
    return list(first.values())
