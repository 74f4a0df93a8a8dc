"""The operating system's keyring, which may be missing, locked, or wait for its owner."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
_PATIENCE_SECONDS = 20.0
"""A locked keyring asks its owner for a password, who may not be there. The next call finds it unlocked."""


class KeyringAwayError(Exception):
    """There is no keyring, or it does not do what it is asked. Never carries what was to be stored."""


class OSKeyring:
    """Secrets of one service in the keyring. Every method raises KeyringAwayError."""

    def __init__(self, service: str, *, patience_seconds: float = _PATIENCE_SECONDS):
        self._service = service
        self._patience_seconds = patience_seconds

    async def get(self, name: str) -> str | None:
        """The secret; None where the keyring works and has none of that name."""

        def get() -> str | None:
            import keyring

            return keyring.get_password(self._service, name)

        return await self._ask(get)

    async def set(self, name: str, value: str) -> None:
        """Keep a secret, and make sure that it is kept: some keyrings swallow what they are given."""

        def store() -> str | None:
            import keyring

            keyring.set_password(self._service, name, value)
            return keyring.get_password(self._service, name)

        if await self._ask(store) != value:
            raise KeyringAwayError("the keyring did not keep what it was given")

    async def delete(self, name: str) -> None:
        """Take a secret out. One that is not there is no error."""

        def delete() -> None:
            import keyring

            if keyring.get_password(self._service, name) is not None:
                keyring.delete_password(self._service, name)

        await self._ask(delete)

    async def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask in a thread that nobody waits for at the end: what blocks on a prompt must not keep Cortex running."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()

        def settle(settled: Callable[[], None]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be closed by then
                loop.call_soon_threadsafe(lambda: None if answer.done() else settled())

        def work() -> None:
            try:
                value = question()
            except Exception as error:  # noqa: BLE001 - keyrings raise whatever their platform's libraries do
                kind = type(error).__name__  # only its kind: a message could repeat the secret
                settle(lambda: answer.set_exception(KeyringAwayError(kind)))
            else:
                settle(lambda: answer.set_result(value))

        threading.Thread(target=work, name="keyring", daemon=True).start()
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await answer
        except TimeoutError:
            raise KeyringAwayError("it did not answer in time") from None
