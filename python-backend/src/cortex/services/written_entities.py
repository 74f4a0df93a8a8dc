"""What a model says that a text names, reduced to what the text really names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from cortex.domain.written import Entity, EntityKind
from cortex.services.extraction.characters import collapse
from cortex.services.phrases import Phrase, is_telling, key_of
from cortex.services.retrieval.words import is_unspaced, words_of

MOST_ENTITIES = 20
_MOST_COUNTED = 1000
_LONGEST = 80
_QUOTES = " \t\"'“”‘’«»„.,;:()[]"


def entities_in(text: str, named: Iterable[tuple[str, EntityKind]]) -> tuple[Entity, ...]:
    """The things that occur in the text, each once, most often named first; all others are left out."""
    found: dict[str, Entity] = {}
    for said, kind in named:
        name = collapse(said).strip(_QUOTES)
        key = key_of(name)
        if not key or len(name) > _LONGEST or key in found:
            continue
        places = _places(text, name)
        if not places:
            continue
        written = collapse(text[places[0][0] : places[0][1]])
        if kind == "topic" and not is_telling(Phrase(key, written.lower(), len(places), 1.0, in_title=False)):
            continue
        found[key] = Entity(key, written, kind, len(places), places[0][0])
    ordered = sorted(found.values(), key=lambda one: (-one.occurrences, one.start, one.key))
    return tuple(ordered[:MOST_ENTITIES])


def _places(text: str, name: str) -> list[tuple[int, int]]:
    """Where the name stands: as it is written, else in any case; whole words, where words have spaces around them."""
    words = [word for word, _, _ in words_of(name)]
    if not words or len("".join(words)) < 2:
        return []
    before = "" if is_unspaced(words[0]) else r"(?<!\w)"
    behind = "" if is_unspaced(words[-1]) else r"(?!\w)"
    pattern = before + r"\s+".join(re.escape(part) for part in name.split()) + behind
    for flags in (0, re.IGNORECASE):
        places = [match.span() for match in islice(re.finditer(pattern, text, flags), _MOST_COUNTED)]
        if places:
            return places
    return []
