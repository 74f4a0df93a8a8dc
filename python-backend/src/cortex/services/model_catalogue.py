"""Small models of Ollama's library that do well at what Cortex asks of them; sizes in bytes, as downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LibraryModel:
    """A model that can be pulled."""

    name: str
    size: int
    kind: Literal["chat", "embedding"]
    strength: str
    """What speaks for it, in a few words for the owner."""
    uses_tools: bool = False
    """Chat offers tools; a model without them only answers."""


CHAT_MODELS = (
    LibraryModel("qwen3:0.6b", 523_000_000, "chat", "tiny, answers in many languages", uses_tools=True),
    LibraryModel("gemma3:1b", 815_000_000, "chat", "small, writes well"),
    LibraryModel("llama3.2:1b", 1_300_000_000, "chat", "small and quick", uses_tools=True),
    LibraryModel("qwen3:1.7b", 1_400_000_000, "chat", "small, many languages", uses_tools=True),
    LibraryModel("llama3.2:3b", 2_000_000_000, "chat", "a good balance of quality and speed", uses_tools=True),
    LibraryModel("qwen3:4b", 2_600_000_000, "chat", "careful answers in many languages", uses_tools=True),
    LibraryModel("gemma3:4b", 3_300_000_000, "chat", "writes well in many languages"),
    LibraryModel("qwen3:8b", 5_200_000_000, "chat", "the most careful of the small ones", uses_tools=True),
)
EMBEDDING_MODELS = (
    LibraryModel("all-minilm", 46_000_000, "embedding", "tiny, English, the one that ships with Cortex"),
    LibraryModel("nomic-embed-text", 274_000_000, "embedding", "reads long passages, English"),
    LibraryModel("embeddinggemma", 622_000_000, "embedding", "more than a hundred languages"),
    LibraryModel("mxbai-embed-large", 670_000_000, "embedding", "precise in English, short passages"),
)
