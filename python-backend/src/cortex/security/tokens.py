"""The owner's token and the making, hashing and comparing of secrets."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cortex.exceptions import ConfigurationError

TOKEN_FILE = "token"  # noqa: S105 - the file's name


def new_secret(prefix: str) -> str:
    """A fresh secret of 256 random bits, such as `cortex_key_…`; the prefix lets secret scanners recognise it."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_secret(secret: str) -> str:
    """SHA-256, hex. Enough for secrets of 256 random bits: there is nothing to guess that stretching would slow."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def same_hash(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one, other)


class OwnerToken:
    """The owner's token; never printed, and compared by its digest in constant time."""

    __slots__ = ("_digest", "_secret")

    def __init__(self, secret: str):
        self._secret = secret
        self._digest = hash_secret(secret)

    def __repr__(self) -> str:
        return "OwnerToken(…)"

    def matches(self, presented: str) -> bool:
        """Whether `presented` is the token."""
        return same_hash(self._digest, hash_secret(presented))

    def reveal(self) -> str:
        """The token itself, for the command line and for deriving the proof key."""
        return self._secret


def owner_token(configured: str | None, data_dir: Path | None) -> OwnerToken:
    """The configured token, else the one in `<data_dir>/token`, made with mode 0600 where absent.

    Without a data directory (a library in memory) it lives as long as the process.
    Raises ConfigurationError when the configured or stored token cannot be sent in a header.
    """
    if configured is not None:
        return OwnerToken(_sendable(configured, "CORTEX_TOKEN"))
    if data_dir is None:
        return OwnerToken(new_secret("cortex"))
    return read_token(data_dir) or _create(data_dir)


def read_token(data_dir: Path) -> OwnerToken | None:
    """The token stored in `data_dir`, or None where there is none yet. Narrows the file's mode to 0600."""
    path = data_dir / TOKEN_FILE
    try:
        text = path.read_text(encoding="utf-8").strip()
        if os.name != "nt" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except FileNotFoundError:
        return None
    return OwnerToken(_sendable(text, str(path)))


def _sendable(token: str, source: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigurationError(
            f"The token in {source} is empty or holds spaces or characters that cannot be sent in a header. "
            "Nothing was started; correct or remove it (a new one is made where there is none)."
        )
    return token


def _create(data_dir: Path) -> OwnerToken:
    """Written whole under another name, then linked: two processes starting at once agree on one token."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / TOKEN_FILE
    token = OwnerToken(new_secret("cortex"))
    draft = data_dir / f".{TOKEN_FILE}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(token.reveal() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return read_token(data_dir) or token
        except OSError:  # a file system without hard links
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return token
