"""Fetching what strangers name. Every address is vetted, every hop, and every connection stands in the ledger."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil

from cortex.db.repositories.ledger import LedgerRepository
from cortex.domain import clock
from cortex.domain.access import OutboundConnection
from cortex.exceptions import FetchError
from cortex.security.addresses import IPAddress, as_address, is_inside_name, may_fetch
from cortex.security.fetch_failures import blocked, refused_by_site, too_many_redirects
from cortex.security.fetched_page import ACCEPT_PAGES, REDIRECTS, FetchedPage, FetchLimits, Method
from cortex.security.resolvers import Resolver, SystemResolver

if TYPE_CHECKING:
    import httpx

__all__ = ["FetchLimits", "FetchedPage", "OutboundClient"]

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?\.?", re.IGNORECASE)
_MOST_ADDRESSES = 4


class OutboundClient:
    """The only way out for addresses that pages, feeds and people name."""

    def __init__(
        self,
        ledger: LedgerRepository,
        *,
        limits: FetchLimits,
        private_networks: bool = False,
        own_port: int | None = None,
        resolver: Resolver | None = None,
        open_endpoints: frozenset[tuple[str, int]] = frozenset(),
        tls: ssl.SSLContext | None = None,
    ):
        """`private_networks` is the owner's setting. `own_port` is closed on every address of this machine.

        `open_endpoints` are (address, port) pairs that are let through whatever they are; Cortex itself names none.
        """
        self._ledger = ledger
        self._limits = limits
        self._private_networks = private_networks
        self._own_port = own_port
        self._resolver = resolver or SystemResolver()
        self._open_endpoints = open_endpoints
        self._tls = tls

    async def fetch(
        self,
        url: str,
        *,
        purpose: str,
        item_id: str | None = None,
        limits: FetchLimits | None = None,
        method: Method = "GET",
        accept: str = ACCEPT_PAGES,
    ) -> FetchedPage:
        """Fetch `url`, following redirects. `purpose` (page, image, feed, …) goes into the ledger; `accept` says what
        is asked for, not what comes.

        Raises FetchError; its `waiting` tells whether it makes sense to try again by itself.
        """
        limits = limits or self._limits
        try:
            async with asyncio.timeout(limits.seconds):
                return await self._follow(url, purpose, item_id, limits, method, accept)
        except TimeoutError as error:
            raise FetchError(
                f"The site did not deliver the page within {limits.seconds:g} seconds. "
                "The address is kept and tried again.",
                reason="timeout",
                waiting=True,
            ) from error

    async def _follow(
        self, url: str, purpose: str, item_id: str | None, limits: FetchLimits, method: Method, accept: str
    ) -> FetchedPage:
        from cortex.security import page_request

        passed: list[str] = []
        target = page_request.parsed(url)
        while True:
            page = await self._hop(target, purpose, item_id, limits, method, accept)
            location = page.headers.get("location")
            if page.status not in REDIRECTS or not location:
                return _accepted(page, tuple(passed))
            passed.append(str(target))
            if len(passed) > limits.redirects:
                raise too_many_redirects(limits.redirects)
            target = page_request.parsed(location, base=target)

    async def _hop(
        self, url: httpx.URL, purpose: str, item_id: str | None, limits: FetchLimits, method: Method, accept: str
    ) -> FetchedPage:
        from cortex.security import page_request
        from cortex.security.pinned_network import Traffic

        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._vetted(host, port)
        traffic = Traffic()
        at, status, outcome = clock.now(), None, "unfinished"
        try:
            page = await page_request.ask(url, addresses, traffic, limits, self._tls, method, accept)
            status, outcome = page.status, "ok"
            return page
        except FetchError as error:
            outcome = error.reason
            raise
        finally:
            await self._ledger.add(
                OutboundConnection(
                    at=at,
                    host=host,
                    port=port,
                    address=traffic.address,
                    purpose=purpose,
                    item_id=item_id,
                    bytes_sent=traffic.sent,
                    bytes_received=traffic.received,
                    status=status,
                    outcome=outcome,
                )
            )

    async def _vetted(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses to connect to. One bad address among good ones is a trick, and blocks them all."""
        try:
            literal = as_address(host)
        except ValueError:
            raise blocked(host) from None
        if literal is not None:
            found: tuple[str, ...] = (str(literal),)
        elif not _HOST.fullmatch(host) or (is_inside_name(host) and not self._private_networks):
            raise blocked(host)
        else:
            found = await self._resolver.resolve(host)
        addresses = [ipaddress.ip_address(address.partition("%")[0]) for address in found]
        if not addresses or not all(self._is_open(address, port) for address in addresses):
            raise blocked(host)
        return tuple(str(address) for address in addresses[:_MOST_ADDRESSES])

    def _is_open(self, address: IPAddress, port: int) -> bool:
        if (str(address), port) in self._open_endpoints:
            return True
        if port == self._own_port and str(address) in _own_addresses():
            return False
        return may_fetch(address, private_networks=self._private_networks)


def _accepted(page: FetchedPage, redirects: tuple[str, ...]) -> FetchedPage:
    if not 200 <= page.status < 300:
        raise refused_by_site(page.status, page.headers.get("retry-after", ""))
    return replace(page, redirects=redirects)


def _own_addresses() -> frozenset[str]:
    return frozenset(entry.address.partition("%")[0] for entries in psutil.net_if_addrs().values() for entry in entries)
