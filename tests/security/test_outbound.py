"""Security rows 16–19: what "save this URL" may reach. A listener on loopback counts whoever comes by."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from cortex.db.repositories.ledger import LedgerRepository
from cortex.exceptions import FetchError
from cortex.security.addresses import may_fetch
from cortex.security.outbound import FetchLimits, OutboundClient
from cortex.security.resolvers import StaticResolver

LIMITS = FetchLimits(size=1024 * 1024, seconds=5, redirects=5)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Length: 5\r\n\r\nhello"
SHORT_LIST = (
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://x.localhost:{port}/",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://100.64.0.1:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data",
    "http://168.63.129.16/machine",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://224.0.0.1/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://metadata/computeMetadata/v1/",
    "http://user@127.0.0.1:{port}/",
    "http://public.example:80\\@127.0.0.1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http://",
    "javascript:alert(1)",
)

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """A listener on loopback that answers every request with one handler and counts connections."""

    def __init__(self, handler: Handler):
        self._handler = handler
        self.connections = 0
        self.requests: list[bytes] = []

    async def __aenter__(self) -> Site:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(request)
            await self._handler(request, writer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def endpoint(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)


def answering(response: bytes) -> Handler:
    async def handler(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response)

    return handler


def redirecting(to: Callable[[], str], status: int = 302) -> Handler:
    async def handler(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} Found\r\nLocation: {to()}\r\nContent-Length: 0\r\n\r\n".encode())

    return handler


@pytest.fixture
async def canary() -> AsyncIterator[Site]:
    async with Site(answering(PAGE)) as site:
        yield site


def client(ledger: LedgerRepository, *open_sites: Site, **options: object) -> OutboundClient:
    """A client to which the given sites on loopback are `site<n>.example` on the open internet."""
    table = {f"site{number}.example": [["127.0.0.1"]] for number, _ in enumerate(open_sites, 1)}
    options.setdefault("resolver", StaticResolver(table))
    options.setdefault("limits", LIMITS)
    return OutboundClient(
        ledger,
        open_endpoints=frozenset(site.endpoint for site in open_sites),
        **options,  # type: ignore[arg-type] # the test's own options
    )


async def refused(client: OutboundClient, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await client.fetch(url, purpose="page")
    return caught.value


@pytest.mark.parametrize("template", SHORT_LIST)
async def test_row_16_addresses_inside_are_blocked(ledger: LedgerRepository, canary: Site, template: str) -> None:
    error = await refused(client(ledger, resolver=StaticResolver({})), template.format(port=canary.port))
    assert error.reason in ("blocked", "invalid_url")
    assert not error.waiting
    assert canary.connections == 0


async def test_row_16_every_url_of_the_list_is_blocked_whatever_names_resolve_to(
    ledger: LedgerRepository, shared: Path
) -> None:
    urls = (shared / "data/hostile/ssrf-urls.txt").read_text(encoding="utf-8").splitlines()
    assert len(urls) > 100

    class Everything(StaticResolver):
        """The worst case: every name in the list leads inside."""

        async def resolve(self, host: str) -> tuple[str, ...]:
            return ("169.254.169.254",)

    for url in urls:
        error = await refused(client(ledger, resolver=Everything({})), url)
        assert error.reason in ("blocked", "invalid_url"), url
    assert await ledger.page(limit=10) == ((), 0), "nothing was connected to"


async def test_row_16_the_own_port_is_closed_on_every_address_of_this_machine(ledger: LedgerRepository) -> None:
    private = client(
        ledger, private_networks=True, own_port=8742, resolver=StaticResolver({"localhost": [["127.0.0.1"]]})
    )
    for url in ("http://127.0.0.1:8742/api/items", "http://localhost:8742/", "http://[::1]:8742/"):
        assert (await refused(private, url)).reason == "blocked"


async def test_row_16_the_owners_setting_opens_private_networks_and_never_loopback_or_metadata(
    ledger: LedgerRepository,
) -> None:
    private = client(ledger, private_networks=True, resolver=StaticResolver({"wiki.lan": [["127.0.0.1"]]}))
    for url in ("http://127.0.0.1/", "http://wiki.lan/", "http://169.254.169.254/", "http://[fd00:ec2::254]/"):
        assert (await refused(private, url)).reason == "blocked", url
    for inside in ("10.1.2.3", "192.168.1.1", "100.64.0.1", "fc00::1"):
        assert may_fetch(ipaddress.ip_address(inside), private_networks=True)
        assert not may_fetch(ipaddress.ip_address(inside), private_networks=False)


async def test_row_17_a_redirect_inside_is_blocked_at_that_hop(ledger: LedgerRepository, canary: Site) -> None:
    targets = iter(
        (f"http://127.0.0.1:{canary.port}/", f"http://localhost:{canary.port}/", "//[::1]/", "file:///etc/passwd")
    )
    async with Site(redirecting(lambda: next(targets))) as site:
        for _ in range(4):
            error = await refused(client(ledger, site), f"http://site1.example:{site.port}/")
            assert error.reason in ("blocked", "invalid_url")
        assert site.connections == 4
    assert canary.connections == 0


async def test_row_18_changing_dns_reaches_the_vetted_address_only(ledger: LedgerRepository, canary: Site) -> None:
    async with Site(answering(PAGE)) as site:
        resolver = StaticResolver({"turncoat.example": [["127.0.0.1"], ["127.0.0.2"]]})
        outbound = client(ledger, site, resolver=resolver)
        page = await outbound.fetch(f"http://turncoat.example:{site.port}/", purpose="page")
        assert (page.body, resolver.asked) == (b"hello", ["turncoat.example"]), "one look-up, one connection"
        assert (await refused(outbound, f"http://turncoat.example:{site.port}/")).reason == "blocked"
    mixed = StaticResolver({"mixed.example": [["93.184.216.34", "127.0.0.1"]]})
    error = await refused(client(ledger, resolver=mixed), f"http://mixed.example:{canary.port}/")
    assert error.reason == "blocked"
    assert canary.connections == 0


async def test_a_page_comes_with_its_final_address_and_type(ledger: LedgerRepository) -> None:
    async with (
        Site(answering(PAGE)) as last,
        Site(redirecting(lambda: f"http://site2.example:{last.port}/a#b")) as first,
    ):
        page = await client(ledger, first, last).fetch(f"http://site1.example:{first.port}/", purpose="page")
        assert page.url == f"http://site2.example:{last.port}/a"
        assert page.redirects == (f"http://site1.example:{first.port}/",)
        assert (page.media_type, page.charset, page.body) == ("text/html", "iso-8859-1", b"hello")
        request = last.requests[0].lower()
        assert f"host: site2.example:{last.port}".encode() in request
        assert b"cortex" in request
        assert b"cookie" not in request


async def test_the_ledger_names_every_connection_without_path_or_query(ledger: LedgerRepository) -> None:
    async with Site(answering(PAGE)) as site:
        await client(ledger, site).fetch(
            f"http://site1.example:{site.port}/secret-path?q=secret", purpose="page", item_id="item_1"
        )
        await refused(client(ledger, site), "http://127.0.0.1/")
        ((_, entry),), total = await ledger.page(limit=10)
        assert total == 1
        assert (entry.host, entry.port, entry.address) == ("site1.example", site.port, "127.0.0.1")
        assert (entry.purpose, entry.item_id, entry.status, entry.outcome) == ("page", "item_1", 200, "ok")
        assert entry.bytes_received == len(PAGE)
        assert entry.bytes_sent == len(site.requests[0])
        assert "secret" not in repr(entry)


async def test_proxies_of_the_environment_are_not_used(
    ledger: LedgerRepository, canary: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    async with Site(answering(PAGE)) as site:
        assert (await client(ledger, site).fetch(f"http://site1.example:{site.port}/", purpose="page")).status == 200
    assert canary.connections == 0


async def test_endless_and_slow_answers_end_at_the_limits(ledger: LedgerRepository) -> None:
    async def endless(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async def drip(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with Site(endless) as site:
        assert (await refused(client(ledger, site), f"http://site1.example:{site.port}/")).reason == "too_large"
    async with Site(drip) as site:
        quick = FetchLimits(size=LIMITS.size, seconds=0.3, redirects=0)
        error = await refused(client(ledger, site, limits=quick), f"http://site1.example:{site.port}/")
        assert (error.reason, error.waiting) == ("timeout", True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate"])
async def test_packed_pages_are_unpacked_and_bombs_cut_off(ledger: LedgerRepository, encoding: str) -> None:
    def packed(content: bytes) -> bytes:
        if encoding == "gzip":
            body = gzip.compress(content)
        elif encoding == "deflate":
            body = zlib.compress(content)
        else:
            packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            body = packer.compress(content) + packer.flush()
        name = encoding.removeprefix("raw-")
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    async with Site(answering(packed(b"hello " * 1000))) as site:
        page = await client(ledger, site).fetch(f"http://site1.example:{site.port}/", purpose="page")
        assert page.body == b"hello " * 1000
    async with Site(answering(packed(bytes(200 * 1024 * 1024)))) as site:
        assert (await refused(client(ledger, site), f"http://site1.example:{site.port}/")).reason == "too_large"


@pytest.mark.parametrize(
    ("status", "waiting"), [(404, False), (403, False), (410, False), (429, True), (500, True), (503, True)]
)
async def test_what_a_site_refuses_is_told_apart(ledger: LedgerRepository, status: int, waiting: bool) -> None:
    response = f"HTTP/1.1 {status} No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n".encode()
    async with Site(answering(response)) as site:
        error = await refused(client(ledger, site), f"http://site1.example:{site.port}/")
    assert (error.reason, error.waiting, error.retry_after) == (f"http_{status}", waiting, 7.0)


async def test_offline_waits_and_circles_end(ledger: LedgerRepository) -> None:
    offline = await refused(client(ledger), "http://nowhere.example/")
    assert (offline.reason, offline.waiting) == ("dns", True)
    async with Site(redirecting(lambda: "/again")) as site:
        error = await refused(client(ledger, site), f"http://site1.example:{site.port}/")
        assert error.reason == "redirects"
        assert site.connections == LIMITS.redirects + 1
    refusing = await refused(client(ledger, site), f"http://site1.example:{site.port}/")
    assert (refusing.reason, refusing.waiting) == ("connect", True)
