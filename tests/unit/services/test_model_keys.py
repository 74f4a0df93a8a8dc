"""A locked keyring holds nobody up."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from cortex.security.os_keyring import OSKeyring
from cortex.security.secrets import SecretStore
from cortex.services.model_keys import ModelKeys


class LockedKeyring(OSKeyring):
    """Waits for its owner; `asked` counts how often it asked."""

    def __init__(self) -> None:
        super().__init__("test")
        self.unlocked = threading.Event()
        self.asked = 0

    async def get(self, name: str) -> str | None:
        self.asked += 1

        def wait() -> str | None:
            return f"key of {name}" if self.unlocked.wait(20) else None

        return await self._ask(wait)


async def test_a_locked_keyring_is_asked_once_and_waited_for_briefly(tmp_path: Path) -> None:
    keyring = LockedKeyring()
    keys = ModelKeys(SecretStore(tmp_path, keyring=keyring), patience_seconds=0.01)
    assert [await keys.get("cloud:x") for _ in range(3)] == [None] * 3
    assert keyring.asked == 1
    keyring.unlocked.set()
    patient = ModelKeys(SecretStore(tmp_path, keyring=keyring), patience_seconds=20)
    assert await patient.get("cloud:x") == SecretStr("key of cloud:x")
    await keys.aclose()
    await patient.aclose()


@pytest.mark.parametrize("patience_seconds", [0.0, 20.0])
async def test_where_there_is_no_key_there_is_none(tmp_path: Path, patience_seconds: float) -> None:
    keys = ModelKeys(SecretStore(None), patience_seconds=patience_seconds)
    assert await keys.get("cloud:x") is None
    await keys.aclose()
