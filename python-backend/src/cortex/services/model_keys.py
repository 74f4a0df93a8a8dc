"""Keys of models for whoever must not wait: a locked keyring asks its owner, who may be away."""

from __future__ import annotations

import asyncio

from pydantic import SecretStr

from cortex.security.secrets import SecretStore

_PATIENCE_SECONDS = 1.0


class ModelKeys:
    """Reads the store of secrets; one question to the keyring at a time, however many want to know."""

    def __init__(self, secrets: SecretStore, *, patience_seconds: float = _PATIENCE_SECONDS):
        self._secrets = secrets
        self._patience_seconds = patience_seconds
        self._asking: dict[str, asyncio.Task[SecretStr | None]] = {}

    async def get(self, name: str) -> SecretStr | None:
        """The key; None where there is none, or none yet: once the keyring is unlocked, a later call gets it."""
        asking = self._asking.get(name)
        if asking is None:
            asking = self._asking[name] = asyncio.create_task(self._secrets.get(name))
            asking.add_done_callback(lambda _: self._asking.pop(name, None))
        done, _ = await asyncio.wait((asking,), timeout=self._patience_seconds)
        return asking.result() if done else None

    async def aclose(self) -> None:
        """Wait for nobody any more."""
        for asking in list(self._asking.values()):
            asking.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
