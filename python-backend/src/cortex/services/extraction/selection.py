"""Chooses the blocks of a page that are its content, from the votes of several extractors (ADR 0010)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from cortex.services.extraction.reading_html import CleanBlock, Reading
from cortex.services.extraction.votes import BlockWords

# How much each extractor's word counts. Any two of the three are a majority; the differences decide half-kept blocks.
_WEIGHTS = {"trafilatura": 1.3, "readability": 1.0, "resiliparse": 0.6}
# Captions often carry only credits: the two extractors that keep all of them are not enough by themselves.
_CAPTION_PENALTY = 0.3
# A gap of so few blocks inside the content that the most precise extractor keeps is content too: a list full of
# links, an embedded post.
_GAP = 5


def choose_blocks(blocks: Sequence[CleanBlock], texts: Mapping[str, str]) -> list[bool]:
    """For each block whether it belongs to the main content; everything when no extractor found any."""
    page = BlockWords([block.text for block in blocks])
    shares = {name: page.coverage(text) for name, text in texts.items() if text.strip()}
    if not shares:
        return [True] * len(blocks)
    majority = sum(_WEIGHTS[name] for name in shares) / 2
    scores = [sum(_WEIGHTS[name] * share[index] for name, share in shares.items()) for index in range(len(blocks))]
    chosen = [
        score - (_CAPTION_PENALTY if _is_caption(block) else 0) > majority
        for block, score in zip(blocks, scores, strict=True)
    ]
    if not any(chosen):
        chosen = [score > 0 for score in scores]
    if not any(chosen):
        return [True] * len(blocks)
    if "trafilatura" in shares:
        chosen = _without_gaps(blocks, chosen, shares["trafilatura"])
    return _with_company(blocks, chosen)


def _is_caption(block: CleanBlock) -> bool:
    if block.element.tag == "figcaption":
        return True
    parent = block.source.getparent()
    return any(
        element is not None and (element.tag == "figcaption" or "caption" in (element.get("class") or "").lower())
        for element in (block.source, parent)
    )


def _without_gaps(blocks: Sequence[CleanBlock], chosen: Sequence[bool], trusted: Sequence[float]) -> list[bool]:
    out = list(chosen)
    texts = [index for index, block in enumerate(blocks) if block.text]
    runs = [(wanted, list(run)) for wanted, run in groupby(texts, key=lambda index: chosen[index])]
    for wanted, run in runs[1:-1]:
        if not wanted and len(run) <= _GAP:
            for index in run:
                out[index] = trusted[index] > 0.5
    return out


def _with_company(blocks: Sequence[CleanBlock], chosen: Sequence[bool]) -> list[bool]:
    """A picture belongs to the content when the text before and after it does; a table's caption, when its table does.

    Figure captions are no such text: they come and go with credits.
    """
    out = list(chosen)
    counted = [bool(block.text) and not _is_caption(block) for block in blocks]
    after = [False] * len(blocks)
    following = False
    for index in range(len(blocks) - 1, -1, -1):
        after[index] = following
        following = chosen[index] if counted[index] else following
    before = False
    for index, block in enumerate(blocks):
        if block.element.tag == "caption":
            table = next((later for later in (index - 1, index + 1) if _is_table_of(blocks, later, block)), None)
            out[index] = table is not None and chosen[table]
        elif not block.text:
            out[index] = before and after[index]
        before = chosen[index] if counted[index] else before
    return out


def _is_table_of(blocks: Sequence[CleanBlock], index: int, caption: CleanBlock) -> bool:
    return 0 <= index < len(blocks) and blocks[index].element is caption.element.getparent()


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
