"""Where sentences end, well enough to cut passages there: punctuation and white space, no dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(
    r"""[.!?…]+["'”’»)\]]*\s+(?=[^\s.,;:!?…a-z])   # Latin and the like: a stop, white space, no small letter
      | [。！？｡]+[”’」』）】]*\s*                    # Chinese and Japanese: no white space needed
      | [।॥؟۔።]+\s*                                 # Indic, Arabic, Ethiopic
      | \n+                                          # a line break inside a block (tables, verse, code)
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|al|Fig|Eq|No|vol|pp|approx|bzw|z\.B|Nr))\.\s+\Z"
)


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Consecutive spans that cover `text[start:end]`, each a sentence with the white space after it."""
    begin = start
    for match in _END.finditer(text, start, end):
        stop = match.end()
        if stop >= end:
            break
        if text[match.start()] == "." and _ABBREVIATION.search(text, max(begin, match.start() - 8), stop):
            continue
        yield begin, stop
        begin = stop
    if begin < end:
        yield begin, end
