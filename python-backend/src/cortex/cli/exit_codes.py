"""What the exit code of `cortex` says to the program that started it. The desktop window reads them (src-tauri)."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from cortex.exceptions import CortexError, LibraryLockedError, PortTakenError

REFUSED = 2
"""Cortex said on standard error why; another try would end the same way."""
FAILED = 3
"""The server failed to start, by a fault of its own."""
LIBRARY_LOCKED = 4
"""Another Cortex has the library open; `instance.json` names it."""
PORT_TAKEN = 5
"""Another program has the port."""


def exit_code(error: CortexError) -> int:
    """The code for an error that ends a command."""
    if isinstance(error, LibraryLockedError):
        return LIBRARY_LOCKED
    return PORT_TAKEN if isinstance(error, PortTakenError) else REFUSED


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """An error that Cortex explains ends the program with one message on standard error and its code."""
    try:
        yield
    except CortexError as error:
        sys.stderr.write(error.message + "\n")
        raise SystemExit(exit_code(error)) from None
