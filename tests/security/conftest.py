"""A server that a module's tests share, and a ledger on a library in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.conftest import RunningServer, ServerThread

from cortex.db.database import Database
from cortex.db.migrate import migrate
from cortex.db.repositories.ledger import LedgerRepository


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on an empty library, shared by a module's tests."""
    with ServerThread(data_dir=tmp_path_factory.mktemp("library") / "data") as running:
        yield running


@pytest.fixture
async def ledger() -> AsyncIterator[LedgerRepository]:
    database = Database(None)
    await database.open()
    try:
        await migrate(database, backups=None)
        yield LedgerRepository(database)
    finally:
        await database.close()
