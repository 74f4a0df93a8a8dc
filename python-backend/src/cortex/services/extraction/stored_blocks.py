"""A document's blocks as the compact JSON that `item_contents.blocks` holds."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cortex.domain.document import Block


def blocks_to_json(blocks: Sequence[Block]) -> str:
    """`[[kind, start, end, level, page], …]`; page is null where there are none."""
    return json.dumps(
        [[block.kind, block.start, block.end, block.level, block.page] for block in blocks], separators=(",", ":")
    )


def blocks_from_json(stored: str | None) -> tuple[Block, ...]:
    """The blocks that `blocks_to_json` wrote; none for a version that was not extracted."""
    return tuple(Block(*values) for values in json.loads(stored or "[]"))
