"""Security row 18 over TLS: the connection goes to the vetted address, the certificate is checked for the name."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from cortex.db.repositories.ledger import LedgerRepository
from cortex.exceptions import FetchError
from cortex.security.outbound import FetchLimits, OutboundClient
from cortex.security.resolvers import StaticResolver

LIMITS = FetchLimits(size=10_000, seconds=10, redirects=0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `named.example`, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate for this test, is not here")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "certificate.pem", folder / "key.pem"
    name = ["-subj", "/CN=named.example", "-addext", "subjectAltName=DNS:named.example"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(
        [openssl, "req", *kind, *name, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True
    )
    return made, key


class SecureSite:
    """A TLS listener on loopback that notes the names it is asked for."""

    def __init__(self, certificate: tuple[Path, Path]):
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(*certificate)
        self._context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.names: list[str | None] = []

    async def __aenter__(self) -> SecureSite:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure")
        await writer.drain()
        writer.close()


async def test_row_18_the_name_is_kept_for_tls_and_the_address_pinned(
    ledger: LedgerRepository, certificate: tuple[Path, Path]
) -> None:
    async with SecureSite(certificate) as site:
        resolver = StaticResolver({"named.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]})
        endpoints = frozenset({("127.0.0.1", site.port)})
        trusting = OutboundClient(
            ledger,
            limits=LIMITS,
            resolver=resolver,
            open_endpoints=endpoints,
            tls=ssl.create_default_context(cafile=str(certificate[0])),
        )
        page = await trusting.fetch(f"https://named.example:{site.port}/", purpose="page")
        assert (page.body, site.names) == (b"secure", ["named.example"])
        with pytest.raises(FetchError) as misnamed:
            await trusting.fetch(f"https://other.example:{site.port}/", purpose="page")
        assert (misnamed.value.reason, misnamed.value.waiting) == ("tls", False)
        ordinary = OutboundClient(ledger, limits=LIMITS, resolver=resolver, open_endpoints=endpoints)
        with pytest.raises(FetchError) as unknown:
            await ordinary.fetch(f"https://named.example:{site.port}/", purpose="page")
        assert unknown.value.reason == "tls"
    recorded, _ = await ledger.page(limit=10)
    assert [entry.outcome for _, entry in recorded] == ["tls", "tls", "ok"]
