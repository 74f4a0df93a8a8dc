"""Where the keys of cloud models are kept: the keyring, else a file of mode 0600; never the database.

A key is kept under the name of what it is for *and* of the place it may be sent to
(`cortex.providers.cloud_place`), so that a new address in the settings does not get the key of the old one.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from cortex.exceptions import StorageError, ValidationError
from cortex.observability.logs import get_logger
from cortex.security.os_keyring import KeyringAwayError, OSKeyring
from cortex.security.secret_file import SECRETS_FILE, SecretFile

log = get_logger(__name__)

SecretHome = Literal["keyring", "file", "memory"]


class SecretStore:
    """The secrets of one library. Without a directory (a library in memory) they live as long as the process."""

    def __init__(self, data_dir: Path | None, *, keyring: OSKeyring | None = None):
        self._file = SecretFile(data_dir / SECRETS_FILE) if data_dir else None
        # Another library, also a trial one on the same machine, neither uses nor deletes this one's.
        self._keyring = keyring or OSKeyring(f"Cortex ({data_dir})")
        self._known: dict[str, tuple[SecretStr, SecretHome] | None] = {}
        self._turn = asyncio.Lock()

    async def get(self, name: str) -> SecretStr | None:
        """The secret; None where there is none, or where it cannot be read now (the log says why)."""
        found = await self._found(name)
        return found[0] if found else None

    async def where(self, name: str) -> SecretHome | None:
        """Where the secret is kept; None where there is none."""
        found = await self._found(name)
        return found[1] if found else None

    async def set(self, name: str, value: str | SecretStr) -> SecretHome:
        """Keep a secret instead of the one before, and say where.

        Raises ValidationError when it cannot be a key, StorageError when it could not be kept.
        """
        secret = _sendable(value.get_secret_value() if isinstance(value, SecretStr) else value)
        async with self._turn:
            home = await self._kept(name, secret)
            self._known[name] = (SecretStr(secret), home)
            return home

    async def delete(self, name: str) -> None:
        """Forget a secret wherever it is. One that is not there is no error.

        Raises StorageError when the keyring has it and does not let go of it.
        """
        async with self._turn:
            home = (await self._look(name) or (None, None))[1]
            self._known[name] = None
            if self._file is None:
                return
            await asyncio.to_thread(self._file.drop, name)
            try:
                await self._keyring.delete(name)
            except KeyringAwayError as error:
                if home == "keyring":
                    self._known.pop(name)
                    raise StorageError(
                        f"The keyring of this computer did not delete the key ({error}). It is still there; "
                        "unlock the keyring and try again, or delete it with the system's own program."
                    ) from None

    async def _found(self, name: str) -> tuple[SecretStr, SecretHome] | None:
        async with self._turn:
            return await self._look(name)

    async def _look(self, name: str) -> tuple[SecretStr, SecretHome] | None:
        if name in self._known or self._file is None:
            return self._known.get(name)
        try:
            # First the file: what is in it came after what the keyring has, which could not take it then.
            value, home = (await asyncio.to_thread(self._file.read)).get(name), "file"
        except StorageError as error:
            log.warning("keys cannot be read", reason=error.message)
            value = None
        try:
            if value is None:
                value, home = await self._keyring.get(name), "keyring"
        except KeyringAwayError as error:
            log.info("the keyring cannot be used", reason=str(error))
            return None  # not remembered: it may be unlocked by the next time
        found: tuple[SecretStr, SecretHome] | None = None
        if value is not None:
            found = SecretStr(value), "file" if home == "file" else "keyring"
        self._known[name] = found
        return found

    async def _kept(self, name: str, secret: str) -> SecretHome:
        if self._file is None:
            return "memory"
        try:
            await self._keyring.set(name, secret)
        except KeyringAwayError as error:
            log.info("the keyring cannot be used; the key goes to a file", reason=str(error))
            await asyncio.to_thread(self._file.add, name, secret)
            return "file"
        await asyncio.to_thread(self._file.drop, name)  # it would be read first
        return "keyring"


def _sendable(secret: str) -> str:
    """Without the blanks that come along when copying. Raises ValidationError when no header could carry it."""
    bare = secret.strip()
    if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
        raise ValidationError("A key holds no spaces and no special characters. Copy it again; nothing was changed.")
    return bare
