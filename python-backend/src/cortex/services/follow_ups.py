"""Makes a follow-up question stand alone, without a model: it takes the words it leans on from the one before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cortex.services.retrieval.words import query_terms, stem, without_stop_words

_POINTS_BACK = frozenset(
    """it its they them their theirs he him his she her hers this that these those one ones there then
    former latter same else other others another both such more""".split()  # noqa: SIM905 - reads as the words it is
)
_CARRIES_ON = (
    "and ",
    "or ",
    "but ",
    "also ",
    "so ",
    "what about",
    "how about",
    "why not",
    "what else",
    "anything else",
)
_DEMANDS = re.compile(r"[\"“”„‟«»]+|(?<![^\s\"“”„‟«»])-+")
FEW_WORDS = 3
"""A question with fewer words of its own than this leans on the one before."""
MOST_BORROWED = 12
REACH = 6
"""Questions back."""


def stand_alone(question: str, earlier: Sequence[str]) -> str:
    """The question, with the words it lacks taken from the questions before it (oldest first).

    A question that points back ("why did she leave it?"), carries on ("and in winter?") or says too little by
    itself is searched together with the words of the last question, and of those before it that this one leans on.
    """
    if not earlier or not leans_back(question):
        return question
    said = {stem(term) for term in query_terms(question)}
    borrowed: list[str] = []
    for before in reversed(earlier[-REACH:]):
        for term in without_stop_words(query_terms(before)):
            if stem(term) not in said and term not in _POINTS_BACK:
                said.add(stem(term))
                borrowed.append(term)
        if not leans_back(before):
            break
    return f"{question} {' '.join(borrowed[:MOST_BORROWED])}".strip()


def loosely(question: str) -> str:
    """The question with its quotation marks and leading dashes taken as punctuation, which they are in prose.

    In a search they demand a phrase or exclude a word; a question that quotes a title inexactly would find nothing.
    """
    return " ".join(_DEMANDS.sub(" ", question).split())


def leans_back(question: str) -> bool:
    """Whether a question cannot be understood without the one before it."""
    terms = query_terms(question)
    content = [term for term in without_stop_words(terms) if term not in _POINTS_BACK]
    if len(content) < FEW_WORDS and len(terms) < 2 * FEW_WORDS:
        return True
    return question.strip().lower().startswith(_CARRIES_ON) or not _POINTS_BACK.isdisjoint(terms[:8])
