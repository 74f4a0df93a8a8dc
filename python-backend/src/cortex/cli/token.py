"""`cortex token`: print the owner's token, for scripts."""

from __future__ import annotations

import sys

from cortex.cli.connection import DataDir
from cortex.config import load_settings
from cortex.security.tokens import owner_token


def token(data_dir: DataDir = None) -> None:
    """Print the owner's token (it is made where there is none yet). Whoever has it may do everything."""
    settings = load_settings(data_dir=data_dir)
    configured = settings.token.get_secret_value() if settings.token else None
    sys.stdout.write(owner_token(configured, settings.data_dir).reveal() + "\n")
