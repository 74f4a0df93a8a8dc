"""Fixtures for tests of the library itself, which want nothing else to move."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from tests.conftest import RunningServer


@pytest.fixture
def quiet_client(server: RunningServer) -> Iterator[httpx.Client]:
    """The owner's client on a server that processes nothing."""
    asyncio.run_coroutine_threadsafe(server.application.processing.set_paused(True), server.loop).result(10)
    with server.client() as http:
        yield http
