"""How long a text is, for a person."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.services.retrieval.words import is_unspaced, words_of

WORDS_PER_MINUTE = 230
CHARACTERS_PER_MINUTE = 400
"""Of scripts that write no spaces, where each character counts as a word."""


@dataclass(frozen=True, slots=True)
class Length:
    """Words, and minutes of reading (at least 1 for anything that can be read)."""

    words: int
    minutes: int


def length_of(text: str) -> Length:
    """The length of a text; Chinese, Japanese, Thai and the like are counted by characters."""
    words = characters = 0
    for word, start, end in words_of(text):
        if is_unspaced(word):
            characters += end - start
        else:
            words += 1
    minutes = words / WORDS_PER_MINUTE + characters / CHARACTERS_PER_MINUTE
    return Length(words + characters, max(1, round(minutes)) if words + characters else 0)
