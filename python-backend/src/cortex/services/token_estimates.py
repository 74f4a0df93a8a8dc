"""How many tokens a text may have, without the tokenizer of the model that will read it: rather too many."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]+")
_SPACE = re.compile(r"\s+")
_CHARACTERS_PER_TOKEN = 3
"""Of words in Latin letters; English comes to more than four."""


def tokens_at_most(text: str) -> int:
    """An estimate that real tokenizers stay under with ordinary text in any script.

    Latin words count a token for each three letters begun, everything else (digits, signs, other scripts) one for each
    two bytes; a single space belongs to the word behind it.
    """
    words = sum(-(-len(word) // _CHARACTERS_PER_TOKEN) for word in _WORD.findall(text))
    spaces = sum(1 for run in _SPACE.findall(text) if len(run) > 1 or run == "\n")
    others = _SPACE.sub("", _WORD.sub("", text)).encode(errors="replace")
    return words + spaces + -(-len(others) // 2) + (1 if text else 0)


def beginning_within(text: str, tokens: int) -> str:
    """The longest beginning of the text that is estimated at no more than so many tokens."""
    if tokens <= 0:
        return ""
    if tokens_at_most(text) <= tokens:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens_at_most(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    return text[:low]
