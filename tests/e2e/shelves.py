"""A library of five thousand short passages with the embedded model's vectors, made in seconds."""

from __future__ import annotations

from pathlib import Path

from tests.findable import open_library

from cortex.providers.embedded import EmbeddedEmbedder

ITEMS, PASSAGES_EACH = 500, 10
PASSAGES = ITEMS * PASSAGES_EACH
WORDS = ("kettle", "lantern", "telescope", "diary", "anchor", "compass", "mirror", "violin", "candle", "ladder")


async def fill(data_dir: Path) -> None:
    """Write it straight into the library of a data directory that does not exist yet."""
    data_dir.mkdir(parents=True)
    async with open_library(data_dir / "cortex.db", EmbeddedEmbedder(), chunk_size=36, chunk_overlap=0) as library:
        for item in range(ITEMS):
            rows = (
                f"In row {part} of shelf {item} stands the {WORDS[(item + part) % len(WORDS)]}, "
                f"wrapped in old newspaper and tied up with string number {item * 10 + part}."
                for part in range(PASSAGES_EACH)
            )
            await library.add(f"Shelf {item}", "\n\n".join(rows))
        assert await library.count("chunks") == PASSAGES
