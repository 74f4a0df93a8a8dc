"""What the word index holds of an item: entries of its passages and of itself, and how often words occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cortex.db.search_index import Entry
from cortex.domain.chunk import item_entry_number
from cortex.domain.index_text import index_text
from cortex.domain.item import Item
from cortex.services.retrieval.words import STOP_WORDS, is_unspaced, stem, words_of

_LONGEST_TERM = 32
_LONGEST_TITLE = 500
_LONGEST_NOTE = 100_000

TermCounts = Counter[tuple[str, str]]
"""In how many passages a (word, stem) occurs."""


def entries(item_number: int, item: Item, passages: Iterable[tuple[int, str, str]]) -> Iterator[Entry]:
    """The item's entries: (number, heading, text) of each passage, then the item's own where it has something to add.

    Without passages the title, the address and what the page says of itself stand in for the text; with them
    only the note and the selection do, which no passage holds.
    """
    title = index_text(item.title[:_LONGEST_TITLE])
    tags = index_text(" ".join(tag.name for tag in item.tags))
    any_passage = False
    for number, heading, text in passages:
        any_passage = True
        yield Entry(number, title, index_text(heading), index_text(text), tags)
    own = [item.note, item.selection]
    if not any_passage:
        own += [item.excerpt, item.summary, item.author, item.site_name, item.url]
    body = index_text("\n".join(part for part in own if part)[:_LONGEST_NOTE])
    if body or not any_passage:
        yield Entry(
            item_entry_number(item_number), title if not any_passage else "", "", body, tags if not any_passage else ""
        )


def count_terms(passages: Iterable[tuple[int, str, str]], *, sign: int = 1) -> TermCounts:
    """In how many of the passages each word occurs, times `sign`; the empty one in each."""
    counts: TermCounts = Counter()
    for _, heading, text in passages:
        counts["", ""] += sign
        words = {word for part in (heading, text) for word, _, _ in words_of(part)}
        for word in words:
            if 1 < len(word) <= _LONGEST_TERM and word not in STOP_WORDS and not is_unspaced(word):
                counts[word, stem(word)] += sign
    return counts
