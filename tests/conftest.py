"""Fixtures that all tests share: the evaluation data where it is there, and a real server on a real file."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.network_guard.fixtures import _nothing_leaves, network_notes

from cortex.bootstrap import Application
from cortex.config import Settings, load_settings
from cortex.main import Server, bind, create_app, server_config
from cortex.observability import logs

__all__ = ["_nothing_leaves", "network_notes"]

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"
TOKEN = "test-owner-token-0123456789abcdef"
NO_OLLAMA = "http://127.0.0.1:1"
"""Nothing answers here: a test asks an Ollama only where it brings one, never the machine's own."""


@pytest.fixture(scope="session", autouse=True)
def _no_keyring() -> None:
    """Keys that tests set must not get into the keyring of whoever runs them."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


@pytest.fixture(scope="session", autouse=True)
def _logs_as_served() -> None:
    """Without it structlog paints every traceback with all its variables, which takes seconds each."""
    logs.configure("warning")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evaluation data beside the repository."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the evaluation data (../shared) is not here")
    return SHARED


@dataclass
class RunningServer:
    """A real uvicorn in a thread, on a real file."""

    url: str
    token: str
    settings: Settings
    application: Application
    loop: asyncio.AbstractEventLoop

    @property
    def port(self) -> int:
        return self.settings.port

    def client(self, **headers: str) -> httpx.Client:
        """An HTTP client that sends the owner's token."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token}", **headers}, trust_env=False, timeout=30
        )


class ServerThread:
    """Starts and stops a server for a test; `overrides` are settings."""

    def __init__(self, **overrides: object):
        self._overrides = overrides
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> RunningServer:
        self._thread.start()
        self._ready.wait(60)
        if self._failure is not None:
            raise self._failure
        application: Application = self._server.config.app.state.application  # type: ignore[union-attr] # ours
        return RunningServer(f"http://127.0.0.1:{self._settings.port}", TOKEN, self._settings, application, self._loop)

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive(), "the server did not stop"

    def _run(self) -> None:
        try:
            sockets, self._settings = bind(
                load_settings(**{"port": 0, "token": TOKEN, "ollama_host": NO_OLLAMA, **self._overrides})
            )
            config = server_config(create_app(self._settings), self._settings)
            self._server = Server(config, on_ready=self._ready.set)

            async def main() -> None:
                self._loop = asyncio.get_running_loop()
                await self._server.serve(sockets=[sockets])

            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - handed to the test that started it
            self._failure = error
        finally:
            self._ready.set()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server on an empty library of its own."""
    with ServerThread(data_dir=tmp_path / "data") as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx.Client]:
    """The owner's HTTP client on `server`."""
    with server.client() as http:
        yield http
