"""Secrets in a file that its owner alone may read, for machines without a keyring."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cortex.exceptions import StorageError

SECRETS_FILE = "secrets.json"
"""In the data directory. No backup, export or message ever contains it."""


class SecretFile:
    """A JSON object from names to secrets. Blocks; the caller keeps calls apart."""

    def __init__(self, path: Path):
        self._path = path

    def read(self) -> dict[str, str]:
        """All secrets; none where there is no file. Narrows the file's mode to 0600.

        Raises StorageError when the file is damaged or cannot be read.
        """
        try:
            text = self._path.read_text(encoding="utf-8")
            if os.name != "nt" and self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)
            content = json.loads(text)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:  # its text could be in the error's: it is left out
            raise StorageError(
                f"The keys in {self._path} cannot be read ({type(error).__name__}). "
                "Remove the file and set the keys again; nothing else is in it."
            ) from None
        if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
            raise StorageError(f"{self._path} is not as Cortex wrote it. Remove it and set the keys again.")
        return content

    def add(self, name: str, secret: str) -> None:
        """Keep one more. Raises StorageError."""
        self._write({**self.read(), name: secret})

    def drop(self, name: str) -> None:
        """Forget one, if it is there. Raises StorageError."""
        content = self.read()
        if content.pop(name, None) is not None:
            self._write(content)

    def _write(self, content: Mapping[str, str]) -> None:
        """Replace all secrets at once; without any the file goes. Raises StorageError when the disk refuses."""
        try:
            if content:
                self._replace(json.dumps(content, sort_keys=True, indent=1))
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"The key could not be written to {self._path}: {error.strerror}. What was stored before is kept."
            ) from None

    def _replace(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)
