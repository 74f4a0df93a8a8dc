"""Words as the word index knows them: folding, stems, stop words, and scripts that write no spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from cortex.domain.index_text import FIRST_UNSPACED, UNSPACED, UNSPACED_RUN, folded, pairs

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

_RUN = re.compile(
    f"[{UNSPACED}]+|(?:(?![{UNSPACED}])[^\\W_][\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff]*)+"
)
_STOP_WORDS = """
    a about above after again against all am an and any are aren as at be because been before being below between
    both but by can cannot could couldn did didn do does doesn doing don down during each few for from further had
    hadn has hasn have haven having he her here hers herself him himself his how i if in into is isn it its itself
    just let ll me more most mustn my myself no nor not now of off on once only or other our ours ourselves out over
    own re s same shan she should shouldn so some such t than that the their theirs them themselves then there these
    they this those through to too under until up ve very was wasn we were weren what when where which while who whom
    why will with won would wouldn you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

FRAMING_WORDS = frozenset(
    """according describe described describes describing detail detailed details discuss discussed discusses emphasise
    emphasised emphasises emphasize emphasized emphasizes explain explained explains indicate indicated indicates
    mention mentioned mentioning mentions outline outlined outlines particular particularly refer referred refers
    regarding related relation specific specifically""".split()  # noqa: SIM905 - reads as the words it is
)
"""Words by which a question says how it wants to be answered, or that somebody said something: whether a passage
holds them tells nothing of whether it answers."""


def words_of(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word in lower case with its place in `text`; a run without spaces is one word."""
    for match in _RUN.finditer(text):
        yield match.group().lower(), match.start(), match.end()


def is_unspaced(word: str) -> bool:
    """Whether a word of `words_of` is a run of a script that writes no spaces."""
    return word[0] >= FIRST_UNSPACED and UNSPACED_RUN.match(word) is not None


def query_terms(text: str) -> list[str]:
    """The words of a query as the word index holds them (pairs for scripts without spaces), repeated ones kept."""
    terms: list[str] = []
    for word, _, _ in words_of(folded(text)):
        if not is_unspaced(word) or len(word) == 1:
            terms.append(word)
        else:
            terms += pairs(word)[:-1]
    return terms


def is_prefix_term(term: str) -> bool:
    """Whether a term stands for every token that begins with it: a single character of an unspaced script."""
    return len(term) == 1 and is_unspaced(term)


def without_stop_words(terms: list[str]) -> list[str]:
    """The terms that say something; all of them when none does ("to be or not to be")."""
    return [term for term in terms if term not in STOP_WORDS] or terms


def telling_words(terms: list[str]) -> list[str]:
    """Each term that must stand in what answers a question, once; all of them when none is left."""
    return [term for term in dict.fromkeys(without_stop_words(terms)) if term not in FRAMING_WORDS] or terms


@lru_cache(maxsize=1)
def _stemmer() -> BaseStemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem that the word index's tokenizer (Porter) gives an English word; other words are only folded."""
    word = folded(word)
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    stemmed: str = _stemmer().stemWord(word)
    return stemmed
