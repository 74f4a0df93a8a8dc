"""Whether the library holds an answer at all, judged by scores alone (docs/adr/0012-evidence.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cortex.domain.search import Passage

LOOKED_AT = 5
"""How many of the best passages may be the evidence."""
ENOUGH = 0.1
"""Of cosine × coverage. Of 100 questions that the library cannot answer, 96 to 99 stay below it; of those that it
can answer, 1 to 3 do."""
ENOUGH_BY_WORDS = 0.34
"""Of coverage alone, where there are no vectors: a worse judge, so it must see more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well the passages found speak to a question."""

    strength: float
    """Of the best passage, as a multiple of what is enough: 1 and above is evidence."""

    @property
    def is_enough(self) -> bool:
        return self.strength >= 1


def judge(passages: Sequence[Passage]) -> Evidence:
    """The evidence in passages of one question, best first.

    Meaning or words alone both mislead: an unrelated passage can lie near in meaning, or share common words. One
    passage that does both is rare by chance, so the product of the two counts.
    """
    strongest = 0.0
    for passage in passages[:LOOKED_AT]:
        if passage.cosine is None:
            strength = passage.coverage / ENOUGH_BY_WORDS
        else:
            strength = max(passage.cosine, 0.0) * passage.coverage / ENOUGH
        strongest = max(strongest, strength)
    return Evidence(strongest)
