"""The guard that keeps every other test on this machine does guard."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tries_to_leave


@pytest.mark.parametrize("place", ["192.0.2.1", "10.0.0.1", "169.254.169.254"])
def test_addresses_elsewhere_are_refused_and_noted(place: str, network_notes: Path) -> None:
    with socket.socket() as connection, pytest.raises(OSError, match="tests stay on this machine"):
        connection.connect((place, 443))
    with socket.socket() as connection, pytest.raises(OSError, match="tests stay on this machine"):
        connection.connect_ex((place, 443))

    assert network_notes.read_text().split("\n")[-3:-1] == [f"('{place}', 443)"] * 2


def test_names_are_not_looked_up(network_notes: Path) -> None:
    with pytest.raises(OSError, match="tests stay on this machine"):
        socket.create_connection(("api.openai.com", 443), timeout=1)

    assert network_notes.read_text().endswith("api.openai.com\n")


def test_processes_that_tests_start_are_guarded(network_notes: Path) -> None:
    program = "import socket\ntry: socket.create_connection(('api.anthropic.com', 443), 1)\nexcept OSError: pass"
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0

    assert network_notes.read_text().endswith("api.anthropic.com\n")


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
