"""Nothing leaves the machine in a whole test run: neither from the tests nor from the processes they start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.network_guard import guard


@pytest.fixture(scope="session", autouse=True)
def network_notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what was tried is noted; guards this process and those that it starts."""
    notes = tmp_path_factory.mktemp("network") / "tried"
    notes.touch()
    os.environ[guard.NOTES] = str(notes)
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(guard.__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    guard.install(notes)
    return notes


@pytest.fixture(autouse=True)
def _nothing_leaves(network_notes: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in which something tried to leave, unless it is about that (`tries_to_leave`)."""
    before = network_notes.stat().st_size
    yield
    tried = network_notes.read_text(encoding="utf-8")[before:].split("\n")[:-1]
    if tried and request.node.get_closest_marker("tries_to_leave") is None:
        pytest.fail(f"tried to leave the machine: {', '.join(tried)}")
