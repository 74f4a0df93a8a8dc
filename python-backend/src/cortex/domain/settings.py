"""What the owner may choose while Cortex runs. Start-up settings are in `cortex.config`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Provider = Literal["auto", "embedded", "ollama", "cloud", "openai", "hybrid"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the library is kept."""

    trash_days: int = 30
    """After so many days in the trash an item is deleted for good."""


@dataclass(frozen=True, slots=True)
class AIPreferences:
    """Which models are asked."""

    provider: Provider
    ollama_host: str
    chat_model: str
    embedding_provider: Literal["embedded"]
    embedding_model: str
