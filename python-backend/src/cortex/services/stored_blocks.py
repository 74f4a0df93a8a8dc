"""A document's blocks as they are stored beside its text: compact JSON, one short list a block."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cortex.domain.document import Block


def blocks_to_json(blocks: Sequence[Block]) -> str:
    """`[[kind, start, end, level, page], …]`."""
    rows = [[block.kind, block.start, block.end, block.level, block.page] for block in blocks]
    return json.dumps(rows, separators=(",", ":"))


def blocks_from_json(stored: str | None) -> tuple[Block, ...]:
    """The blocks that `blocks_to_json` wrote; none for None."""
    if stored is None:
        return ()
    return tuple(Block(kind, start, end, level, page) for kind, start, end, level, page in json.loads(stored))
