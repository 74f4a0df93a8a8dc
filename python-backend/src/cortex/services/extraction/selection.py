"""Chooses the blocks of a page that are its content, from the votes of several extractors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cortex.services.extraction.reading_html import CleanBlock, Reading
from cortex.services.extraction.votes import BlockWords

_KEPT = 0.5


def choose_blocks(blocks: Sequence[CleanBlock], texts: Mapping[str, str]) -> list[bool]:
    """For each block whether it belongs to the main content; everything when no extractor found any."""
    page = BlockWords([block.text for block in blocks])
    votes = [[share > _KEPT for share in page.coverage(text)] for text in texts.values() if text.strip()]
    if not votes:
        return [True] * len(blocks)
    chosen = [sum(vote[index] for vote in votes) * 2 > len(votes) for index in range(len(blocks))]
    if not any(chosen):
        chosen = [any(vote[index] for vote in votes) for index in range(len(blocks))]
    return _with_figures(blocks, chosen) if any(chosen) else [True] * len(blocks)


def _with_figures(blocks: Sequence[CleanBlock], chosen: list[bool]) -> list[bool]:
    """A picture belongs to the content when the blocks of text before and after it do."""
    out = list(chosen)
    before = False
    for index, block in enumerate(blocks):
        if block.text:
            before = chosen[index]
            continue
        after = next((chosen[later] for later in range(index + 1, len(blocks)) if blocks[later].text), False)
        out[index] = before and after
    return out


def prune(reading: Reading, chosen: Sequence[bool]) -> None:
    """Removes the blocks that were not chosen, and the containers that are empty without them."""
    for block, wanted in zip(reading.blocks, chosen, strict=True):
        if wanted:
            continue
        element = block.element
        parent = element.getparent()
        while parent is not None:
            parent.remove(element)
            if len(parent) or parent is reading.root:
                break
            element, parent = parent, parent.getparent()
    reading.blocks = [block for block, wanted in zip(reading.blocks, chosen, strict=True) if wanted]
