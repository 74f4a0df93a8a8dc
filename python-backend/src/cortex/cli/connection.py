"""How commands reach a library: through the Cortex that serves it, or by serving it themselves for a moment."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cortex.config import Settings, load_settings
from cortex.db.file_modes import make_privately
from cortex.db.instance import read_instance
from cortex.exceptions import ConfigurationError, CortexError
from cortex.observability import logs
from cortex.security.proof import OWNER_KEY_ID, owner_proof_secret, proof_holds
from cortex.security.tokens import OwnerToken, owner_token, read_token

if TYPE_CHECKING:  # `cortex serve` pays for no client
    import httpx

DataDir = Annotated[Path | None, typer.Option(help="Where the library lies (default: ~/.cortex).")]
Port = Annotated[int | None, typer.Option(help="Port of the running Cortex, where it is not the library's own.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


class RequestFailedError(CortexError):
    """Cortex answered with an error."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A way to the API with the owner's token."""

    http: httpx.Client
    url: str
    own_server: bool
    """Whether this command serves the library itself: what is pending then waits until it is done."""

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """The JSON of an answer (None when it has no body). Raises RequestFailedError with Cortex's own words."""
        answer = self.http.request(method, path, **arguments)
        if answer.is_error:
            try:
                message = str(answer.json()["message"])
            except (json.JSONDecodeError, KeyError, TypeError):
                message = f"Cortex answered {answer.status_code}."
            raise RequestFailedError(message)
        return answer.json() if answer.content else None


@contextlib.contextmanager
def connect(data_dir: Path | None = None, port: int | None = None) -> Iterator[Connection]:
    """Reach the library: the running Cortex after it proved that it is the owner's, else a server of our own.

    Raises ConfigurationError when something else answers in its place; nothing is sent to that.
    """
    settings = load_settings(data_dir=data_dir, port=port)
    logs.configure("error")
    running = find_running(settings, explicit_port=port is not None)
    if running is not None:
        url, token = running
        with _client(url, token) as http:
            yield Connection(http, url, own_server=False)
        return
    if port is not None:
        raise ConfigurationError(f"No Cortex answers on port {port}. Start it with `cortex serve --port {port}`.")
    with served(settings) as cortex:
        yield cortex


def find_running(settings: Settings, *, explicit_port: bool) -> tuple[str, OwnerToken] | None:
    """The address and token of the Cortex that serves these settings' library; None when none is running."""
    import httpx

    instance = read_instance(settings.data_dir)
    url = f"http://127.0.0.1:{settings.port}" if explicit_port or instance is None else instance.url
    if instance is None and not explicit_port:
        return None
    configured = settings.token.get_secret_value() if settings.token else None
    token = OwnerToken(configured) if configured else read_token(settings.data_dir)
    nonce = secrets.token_urlsafe(24)
    try:
        answer = httpx.get(
            f"{url}/api/auth/proof", params={"nonce": nonce, "key_id": OWNER_KEY_ID}, trust_env=False, timeout=5
        )
        proof = str(answer.json()["proof"]) if answer.status_code == httpx.codes.OK else ""
    except httpx.TransportError:
        return None
    except (json.JSONDecodeError, KeyError, TypeError):
        proof = ""
    if token is None or not proof_holds(proof, owner_proof_secret(token), origin=url, key_id=OWNER_KEY_ID, nonce=nonce):
        raise ConfigurationError(
            f"Something answers at {url}, but it could not prove that it is the Cortex of {settings.data_dir}. "
            "Nothing was sent to it. Stop it, or name the right --data-dir or --port."
        )
    return url, token


def _client(url: str, token: OwnerToken) -> httpx.Client:
    import httpx

    return httpx.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {token.reveal()}"},
        timeout=httpx.Timeout(300, connect=5),
        trust_env=False,
        follow_redirects=False,
    )


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[Connection]:
    """Serve the library on a free loopback port, in a thread of this process, until the command is done."""
    from cortex import main

    make_privately()
    listening, settings = main.bind(settings.model_copy(update={"host": "127.0.0.1", "port": 0}))
    configured = settings.token.get_secret_value() if settings.token else None
    token = owner_token(configured, settings.data_dir)
    started = threading.Event()
    app = main.create_app(settings)
    server = main.Server(main.server_config(app, settings), on_ready=started.set)
    failure: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(server.serve(sockets=[listening]))
        except BaseException as error:  # noqa: BLE001 - raised again in the command's own thread
            failure.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, name="cortex-server")
    thread.start()
    try:
        started.wait()
        if not server.started:
            thread.join()
            raise failure[0] if failure else ConfigurationError("The library could not be opened.")
        url = f"http://127.0.0.1:{settings.port}"
        with _client(url, token) as http:
            yield Connection(http, url, own_server=True)
    finally:
        server.should_exit = True
        thread.join()
