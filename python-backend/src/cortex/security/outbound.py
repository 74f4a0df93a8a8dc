"""Fetching what strangers name. Every address is vetted, every hop, and every connection stands in the ledger."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import Message

import httpcore
import httpx
import psutil

from cortex import __version__
from cortex.db.repositories.ledger import LedgerRepository
from cortex.domain import clock
from cortex.domain.access import OutboundConnection
from cortex.exceptions import FetchError
from cortex.security.addresses import IPAddress, as_address, is_inside_name, may_fetch
from cortex.security.decompression import ACCEPTED, BoundedBody
from cortex.security.fetch_failures import blocked, failed, not_fetchable, refused_by_site, too_many_redirects
from cortex.security.pinned_network import PinnedNetwork, Traffic
from cortex.security.resolvers import Resolver, SystemResolver

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?\.?", re.IGNORECASE)
_UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_S = 10.0
_MOST_ADDRESSES = 4
_USER_AGENT = f"Mozilla/5.0 (compatible; Cortex/{__version__}; personal library, saving one page for its reader)"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one fetch: bytes (on the wire and unpacked), seconds for all hops together, redirects."""

    size: int
    seconds: float
    redirects: int


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What came. `url` is where it came from in the end; `redirects` are the addresses before that."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Lower-case names; repeated headers joined by commas."""
    media_type: str
    """Lower case, without parameters; empty where the server named none."""
    charset: str | None
    """As the server declared it."""
    body: bytes
    redirects: tuple[str, ...] = ()


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
        ssl_context: ssl.SSLContext | None = None,
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
        self._ssl_context = ssl_context

    async def fetch(
        self, url: str, *, purpose: str, item_id: str | None = None, limits: FetchLimits | None = None
    ) -> FetchedPage:
        """Fetch `url` with GET, following redirects. `purpose` (page, image, feed, …) goes into the ledger.

        Raises FetchError; its `waiting` tells whether it makes sense to try again by itself.
        """
        limits = limits or self._limits
        try:
            async with asyncio.timeout(limits.seconds):
                return await self._follow(url, purpose, item_id, limits)
        except TimeoutError as error:
            raise FetchError(
                f"The site did not deliver the page within {limits.seconds:g} seconds. "
                "The address is kept and tried again.",
                reason="timeout",
                waiting=True,
            ) from error

    async def _follow(self, url: str, purpose: str, item_id: str | None, limits: FetchLimits) -> FetchedPage:
        passed: list[str] = []
        target = _parsed(url)
        while True:
            page = await self._hop(target, purpose, item_id, limits)
            location = page.headers.get("location")
            if page.status not in _REDIRECTS or not location:
                return _accepted(page, tuple(passed))
            passed.append(str(target))
            if len(passed) > limits.redirects:
                raise too_many_redirects(limits.redirects)
            target = _parsed(location, base=target)

    async def _hop(self, url: httpx.URL, purpose: str, item_id: str | None, limits: FetchLimits) -> FetchedPage:
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._vetted(host, port)
        traffic = Traffic()
        at, status, outcome = clock.now(), None, "unfinished"
        try:
            page = await self._get(url, addresses, traffic, limits)
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

    async def _get(
        self, url: httpx.URL, addresses: tuple[str, ...], traffic: Traffic, limits: FetchLimits
    ) -> FetchedPage:
        headers: dict[bytes | str, bytes | str] = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": _USER_AGENT,
            "Accept": "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5",
            "Accept-Encoding": ACCEPTED,
            "Connection": "close",
        }
        timeouts = {"connect": _CONNECT_S, "read": limits.seconds, "write": limits.seconds, "pool": limits.seconds}
        try:
            async with (
                httpcore.AsyncConnectionPool(
                    ssl_context=self._tls() if url.scheme == "https" else None,
                    network_backend=PinnedNetwork(addresses, traffic),
                ) as pool,
                pool.stream("GET", _core_url(url), headers=headers, extensions={"timeout": timeouts}) as answer,
            ):
                received = _headers(answer)
                if answer.status in _REDIRECTS and "location" in received:
                    return _page(url, answer.status, received, b"")
                body = BoundedBody(received.get("content-encoding", ""), limits.size)
                async for piece in answer.aiter_stream():
                    body.feed(piece)
                return _page(url, answer.status, received, body.body)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as error:
            raise failed(url, error) from error

    def _tls(self) -> ssl.SSLContext:
        """Made once, when first needed: reading the certificate authorities takes a moment."""
        if self._ssl_context is None:
            self._ssl_context = httpx.create_ssl_context()
        return self._ssl_context


def _parsed(url: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """The address to fetch, without its fragment. Refuses whatever two programs could read differently."""
    text = url.strip(" \t\r\n")
    try:
        parsed = httpx.URL(text) if base is None else base.join(text)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise not_fetchable(url) from None
    clean = not _UNCLEAN.search(text.partition("#")[0])
    if not clean or parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo or parsed.port == 0:
        raise not_fetchable(url)
    return parsed.copy_with(fragment=None)


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _headers(answer: httpcore.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in httpx.Headers(answer.headers).items()}


def _page(url: httpx.URL, status: int, headers: Mapping[str, str], body: bytes) -> FetchedPage:
    declared = Message()
    declared["content-type"] = headers.get("content-type", "")
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    charset = declared.get_content_charset() if media_type else None
    return FetchedPage(str(url), status, headers, media_type, charset, body)


def _accepted(page: FetchedPage, redirects: tuple[str, ...]) -> FetchedPage:
    if not 200 <= page.status < 300:
        raise refused_by_site(page.status, page.headers.get("retry-after", ""))
    return replace(page, redirects=redirects)


def _own_addresses() -> frozenset[str]:
    return frozenset(entry.address.partition("%")[0] for entries in psutil.net_if_addrs().values() for entry in entries)
