"""One server for all rows that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import RunningServer, ServerThread


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on an empty library, shared by a module's tests."""
    with ServerThread(data_dir=tmp_path_factory.mktemp("library") / "data") as running:
        yield running
