"""Which blocks of a page each extractor keeps, told by the words that stand in its result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

_WORD = re.compile(r"\w+")
_WINDOW = 4


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _windows(tokens: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(islice(tokens, start, None) for start in range(_WINDOW)), strict=False))


class BlockWords:
    """The words of a page's blocks, in order, ready to be compared with any number of results."""

    def __init__(self, texts: Sequence[str]) -> None:
        margin = [""] * (_WINDOW - 1)
        flat: list[str] = []
        self.spans: list[tuple[int, int]] = []
        for text in texts:
            start = len(flat)
            flat.extend(words(text))
            self.spans.append((start, len(flat)))
        self._windows = _windows([*margin, *flat, *margin])

    def coverage(self, result: str) -> list[float]:
        """For each block the share of its four-word windows that stand in `result`, 0 to 1.

        A block of fewer words counts as kept when a window that spans it and its neighbours stands there.
        """
        margin = [""] * (_WINDOW - 1)
        present = set(_windows([*margin, *words(result), *margin]))
        hits = [window in present for window in self._windows]
        shares: list[float] = []
        for start, end in self.spans:
            if end - start >= _WINDOW:
                inside = hits[start + _WINDOW - 1 : end]
                shares.append(sum(inside) / len(inside))
            else:
                around = hits[max(0, end - 1) : start + _WINDOW]
                shares.append(1.0 if end > start and any(around) else 0.0)
        return shares
