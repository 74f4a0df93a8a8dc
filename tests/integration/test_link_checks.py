"""Looking after saved addresses: only when switched on, each in the ledger, dead on two days or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.workflows.digest_library import Life, living

from cortex.db.repositories.ledger import LedgerRepository
from cortex.security.outbound import FetchLimits, OutboundClient
from cortex.security.resolvers import StaticResolver
from cortex.services.digests.link_checks import LinkChecks


@dataclass
class Sites:
    """What hosts answer, and what they were asked."""

    port: int = 0
    status: dict[str, int] = field(default_factory=dict)
    robots: dict[str, str] = field(default_factory=dict)
    no_head: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        method, path, _ = lines[0].split()
        host = next(line for line in lines if line.lower().startswith("host:")).split()[1].partition(":")[0]
        self.asked.append((method, host, path))
        body = ""
        if path == "/robots.txt":
            body = self.robots.get(host, "")
            status = 200 if body else 404
        elif method == "HEAD" and host in self.no_head:
            status = 405
        else:
            status = self.status.get(host, 200)
        head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def served() -> AsyncIterator[Sites]:
    sites = Sites()
    server = await asyncio.start_server(sites.answer, "127.0.0.1", 0)
    sites.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sites


@pytest.fixture
async def life(tmp_path: Path) -> AsyncIterator[Life]:
    async with living(tmp_path / "cortex.db") as it:
        yield it


def checks(life: Life, sites: Sites, *known: str) -> LinkChecks:
    async def no_pause(_: float) -> None: ...

    outbound = OutboundClient(
        LedgerRepository(life.database),
        limits=FetchLimits(size=1024 * 1024, seconds=5, redirects=3),
        resolver=StaticResolver({host: [["127.0.0.1"]] for host in known}),
        open_endpoints=frozenset({("127.0.0.1", sites.port)}),
    )
    return LinkChecks(life.database, outbound, life.preferences, life.days, life.now, no_pause)


async def save(life: Life, sites: Sites, host: str, **columns: Any) -> str:
    url = f"http://{host}:{sites.port}/page"
    return await life.save(host, f"What {host} says is kept here.", url=url, canonical_url=url, **columns)


async def states(life: Life) -> dict[str, str]:
    rows = await life.database.read(
        lambda raw: raw.execute(
            "SELECT i.title, l.state FROM link_checks l JOIN items i ON i.number = l.item_number"
        ).fetchall()
    )
    return {row[0]: row[1] for row in rows}


async def test_nothing_leaves_until_it_is_switched_on(life: Life) -> None:
    async with served() as sites:
        await save(life, sites, "a.example")
        assert await checks(life, sites, "a.example").round() == 0
        assert sites.asked == []


async def test_dead_twice_is_dead_and_the_digest_tells_it_once(life: Life) -> None:
    await life.preferences.change_preferences(check_links=True)
    async with served() as sites:
        for host in (
            "alive.example",
            "gone.example",
            "shy.example",
            "private.example",
            "closed.example",
            "lost.example",
        ):
            await save(life, sites, host, local_only=int(host == "private.example"))
        sites.status = {"gone.example": 404, "closed.example": 404}
        sites.no_head = {"shy.example"}
        sites.robots = {"closed.example": "User-agent: *\nDisallow: /\n"}
        known = ("alive.example", "gone.example", "shy.example", "private.example", "closed.example")
        look = checks(life, sites, *known)
        assert await look.round() == 5, "what stays on this machine is not asked for"
        assert await states(life) == {
            "alive.example": "alive",
            "gone.example": "failing",
            "shy.example": "alive",
            "closed.example": "alive",
            "lost.example": "failing",
        }
        assert "private.example" not in {host for _, host, _ in sites.asked}
        assert ("HEAD", "closed.example", "/page") not in sites.asked
        assert [one[0] for one in sites.asked if one[1:] == ("shy.example", "/page")] == ["HEAD", "GET"]
        rows = await life.count(
            "SELECT count(*) FROM outbound_log WHERE purpose = 'link_check' AND item_id IS NOT NULL"
        )
        assert rows >= len(sites.asked)
        life.later(hours=2)
        assert await look.round() == 0, "not again on the same day"
        assert not (await life.asked()).dead_links
        life.later(days=1)
        await save(life, sites, "alive2.example")
        look = checks(life, sites, *known, "alive2.example")
        assert await look.round() == 3
        assert (await states(life))["gone.example"] == "dead"
        life.later(hours=1)
        body = await life.asked()
        seen = "first seen on 1 March and again on another day. Your copy is kept."
        assert {(line.title, line.reason) for line in body.dead_links} == {
            ("gone.example", f"The address answers 404 (Not Found), {seen}"),
            ("lost.example", f"The site is gone: its name is not known any more, {seen}"),
        }
        life.later(hours=1)
        assert not (await life.asked()).dead_links
        sites.status = {}
        life.later(days=40)
        await look.round()
        assert (await states(life))["gone.example"] == "alive"


async def test_offline_says_nothing_of_the_sites(life: Life) -> None:
    await life.preferences.change_preferences(check_links=True)
    async with served() as sites:
        await save(life, sites, "a.example")
        await save(life, sites, "b.example")
        look = checks(life, sites)
        assert await look.round() == 2
        assert await states(life) == {}
        assert await look.round() == 0, "others have their turn first"
