"""Keys of cloud models: in the keyring where there is one, else in a file for the owner alone, for one place each."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from cortex.exceptions import StorageError, ValidationError
from cortex.providers.cloud_place import cloud_place
from cortex.security.os_keyring import OSKeyring
from cortex.security.secret_file import SECRETS_FILE
from cortex.security.secrets import SecretStore

NAME = "cloud:https://api.openai.com:443"
KEY = "sk-test-0123456789"


class MemoryKeyring(KeyringBackend):
    """A keyring that works, until it is told not to."""

    priority = 9

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the package leaves it without types
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.gate = threading.Event()
        self.gate.set()

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]

    def _open(self) -> None:
        self.gate.wait(60)
        if self.is_locked:
            raise KeyringLocked


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    working = MemoryKeyring()
    monkeypatch.setattr(keyring, "get_password", working.get_password)
    monkeypatch.setattr(keyring, "set_password", working.set_password)
    monkeypatch.setattr(keyring, "delete_password", working.delete_password)
    return working


async def value(store: SecretStore, name: str = NAME) -> str | None:
    secret = await store.get(name)
    return secret.get_secret_value() if secret else None


async def test_a_keyring_keeps_it(ring: MemoryKeyring, tmp_path: Path) -> None:
    assert await SecretStore(tmp_path).set(NAME, f"  {KEY}\n") == "keyring"

    again = SecretStore(tmp_path)
    assert await value(again) == KEY
    assert await again.where(NAME) == "keyring"
    assert list(tmp_path.iterdir()) == []
    await again.delete(NAME)
    assert ring.kept == {}
    assert await value(again) is None
    assert await again.where(NAME) is None


async def test_without_a_keyring_a_file_of_the_owners_keeps_it(tmp_path: Path) -> None:
    """No keyring at all: what the tests run with."""
    assert await SecretStore(tmp_path).set(NAME, KEY) == "file"

    path = tmp_path / SECRETS_FILE
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {NAME: KEY}
    assert [one.name for one in tmp_path.iterdir()] == [SECRETS_FILE]
    again = SecretStore(tmp_path)
    assert await value(again) == KEY
    assert await again.where(NAME) == "file"
    await again.delete(NAME)
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are not how Windows keeps files")
async def test_a_file_that_others_may_read_is_closed(tmp_path: Path) -> None:
    await SecretStore(tmp_path).set(NAME, KEY)
    (tmp_path / SECRETS_FILE).chmod(0o644)

    assert await value(SecretStore(tmp_path)) == KEY
    assert stat.S_IMODE((tmp_path / SECRETS_FILE).stat().st_mode) == 0o600


async def test_a_locked_keyring_is_gone_round(ring: MemoryKeyring, tmp_path: Path) -> None:
    ring.is_locked = True
    store = SecretStore(tmp_path)
    assert await store.set(NAME, "sk-newer") == "file"

    ring.is_locked = False
    ring.kept[f"Cortex ({tmp_path})", NAME] = "sk-older"
    assert await value(SecretStore(tmp_path)) == "sk-newer"  # it came when the keyring could not take it
    assert await store.set(NAME, "sk-newest") == "keyring"
    assert not (tmp_path / SECRETS_FILE).exists()
    assert await value(SecretStore(tmp_path)) == "sk-newest"


async def test_a_keyring_that_was_locked_is_asked_again(ring: MemoryKeyring, tmp_path: Path) -> None:
    await SecretStore(tmp_path).set(NAME, KEY)
    store = SecretStore(tmp_path)
    ring.is_locked = True
    assert await value(store) is None
    ring.is_locked = False
    assert await value(store) == KEY


async def test_a_key_that_is_not_let_go_is_not_said_to_be_deleted(ring: MemoryKeyring, tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    await store.set(NAME, KEY)
    ring.is_locked = True

    with pytest.raises(StorageError, match="It is still there"):
        await store.delete(NAME)
    ring.is_locked = False
    assert await value(store) == KEY


async def test_a_keyring_that_never_answers_keeps_nobody_waiting(ring: MemoryKeyring, tmp_path: Path) -> None:
    ring.gate.clear()
    store = SecretStore(tmp_path, keyring=OSKeyring("Cortex", patience_seconds=0.05))
    try:
        assert await store.set(NAME, KEY) == "file"
        assert await value(SecretStore(tmp_path)) == KEY
    finally:
        ring.gate.set()


async def test_a_keyring_that_swallows_what_it_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    null = NullKeyring()  # type: ignore[no-untyped-call] # as above
    monkeypatch.setattr(keyring, "get_password", null.get_password)
    monkeypatch.setattr(keyring, "set_password", null.set_password)

    assert await SecretStore(tmp_path).set(NAME, KEY) == "file"


async def test_a_library_in_memory_leaves_nothing(ring: MemoryKeyring) -> None:
    store = SecretStore(None)
    assert await store.set(NAME, KEY) == "memory"
    assert await value(store) == KEY
    assert ring.kept == {}
    await store.delete(NAME)
    assert await value(store) is None


async def test_two_libraries_do_not_share(ring: MemoryKeyring, tmp_path: Path) -> None:
    await SecretStore(tmp_path / "one").set(NAME, KEY)
    other = SecretStore(tmp_path / "other")
    assert await value(other) is None
    await other.delete(NAME)
    assert await value(SecretStore(tmp_path / "one")) == KEY


async def test_a_key_belongs_to_one_place(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    await store.set(cloud_place("openai/gpt-5-mini", None).key_name, KEY)

    for model, api_base in (
        ("openai/gpt-5-mini", "https://api.openai.com.evil.example/v1"),
        ("openai/gpt-5-mini", "http://api.openai.com/v1"),
        ("openai/gpt-5-mini", "https://api.openai.com:8443/v1"),
        ("openai/gpt-5-mini", "http://127.0.0.1:1234/v1"),
        ("anthropic/claude-sonnet-4-5", None),
    ):
        assert await value(store, cloud_place(model, api_base).key_name) is None
    assert await value(store, cloud_place("openai/gpt-4o", "https://api.openai.com/v1").key_name) == KEY


@pytest.mark.parametrize("wrong", ["", "   ", "two words", "sk-\x00", "schlüssel", "sk\nX-Other: 1"])
async def test_what_no_header_could_carry_is_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        await SecretStore(tmp_path).set(NAME, wrong)
    assert not wrong.strip() or wrong.strip() not in caught.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damaged", ["", "{", '["a"]', '{"a": 1}'])
async def test_a_damaged_file_stops_nothing_else(damaged: str, tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_text(damaged)
    store = SecretStore(tmp_path)

    assert await value(store) is None
    with pytest.raises(StorageError, match="set the keys again"):
        await store.set(NAME, KEY)
