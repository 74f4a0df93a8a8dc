"""An outline without a language model: the headings of the items, or their first sentences where they have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cortex.services.drafting_materials import Material
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.sentences import sentence_spans

MOST_LINES = 60
"""For one item."""
_SENTENCES = 5
_LONGEST = 200
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)


def outline(materials: Sequence[Material]) -> str:
    """A Markdown list, each item with its number, nested as its headings are."""
    return "\n".join(line for material in materials for line in _lines(material))


def _lines(material: Material) -> Iterator[str]:
    title = shorten(collapse(material.title), _LONGEST)
    yield f"- {title} [{material.n}]"
    headings = [(level, text) for level, text in _headings(material) if text.casefold() != title.casefold()]
    if not headings:
        headings = [(1, sentence) for sentence in _first_sentences(material.text)]
    top = min((level for level, _ in headings), default=1)
    depth = 0
    for level, text in headings[:MOST_LINES]:
        depth = min(level - top + 1, depth + 1)
        yield f"{'  ' * depth}- {text}"
    if len(headings) > MOST_LINES:
        yield f"  - … and {len(headings) - MOST_LINES} more headings"


def _headings(material: Material) -> Iterator[tuple[int, str]]:
    if material.item_id is None:
        for found in _HEADING.finditer(material.text):
            yield len(found[1]), shorten(collapse(found[2]), _LONGEST)
    for block in material.blocks:
        if block.kind == "heading" and (text := collapse(material.text[block.start : block.end])):
            yield max(block.level, 1), shorten(text, _LONGEST)


def _first_sentences(text: str) -> list[str]:
    found: list[str] = []
    for start, end in sentence_spans(text, 0, min(len(text), 20_000)):
        sentence = collapse(text[start:end])
        if len(sentence.split()) > 2:
            found.append(shorten(sentence, _LONGEST))
        if len(found) == _SENTENCES:
            break
    return found
