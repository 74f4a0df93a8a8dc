"""Does a passage say what a sentence claims? Numbers, names, negation and wording must agree; no model is asked. Pure.

It sees contradictions in what is written, not in what is meant: a claim of other words with the same numbers and names
may stand that should not, and one that says the same in wholly other words may fall (docs/adr/0019-written-answers.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from cortex.domain.index_text import folded
from cortex.services.retrieval.words import (
    STOP_WORDS,
    is_unspaced,
    query_terms,
    stem,
    without_stop_words,
    words_of,
)
from cortex.services.sentences import sentence_spans

ENOUGH = 0.55
"""Share of a claim's telling words that its passages must hold."""
ENOUGH_NEARBY = 0.34
"""Share that one stretch of a few sentences must hold."""
NEARBY = 3
_SAME_SENTENCE = 0.6
"""Share of the claim's words from which on a sentence is taken for the one that it restates."""
_AS_GOOD = 0.85
"""Of the best sentence's share: such sentences are taken for it, too."""
_DENIED = 0.3
_RELATED = 0.5

_NUMBER = re.compile(
    r"(?<![\w.])(\d+(?:[,'’\u00a0\u202f.]\d{3})*(?:[.,]\d+)?)\s?(thousand|million|billion|trillion|mn?|bn|k)?(?![\w])|(\d+)",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[,'’\u00a0\u202f.]\d{3})+")
_SCALES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9, "trillion": 12}
_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
_WORDS = {word: str(number) for number, word in enumerate(_SMALL.split())} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
}
_YEAR = "january february march april may june july august september october november december"
_MONTHS = _YEAR.split()
_ENUMERATED = re.compile(r"(?<![\w(])\(?\d\)(?=\s)")
"""`1)` and `2)` within a sentence count its parts."""
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|cannot|without|nicht|kein\w*|nie|niemals|ohne|pas|jamais|nunca"
    r"|ni)\b|n[’']t\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    _NEGATION.pattern
    + r"|\b(?:unable|un(?:available|supported|known|likely)|fail\w*|lack\w*|instead|stop\w*|prevent\w*|avoid\w*"
    r"|exclud\w*|except|unless|impossible|refus\w*|absent|missing|hardly|incompatible|independent\w*|disabled?)\b",
    re.IGNORECASE,
)
"""What may stand where a claim says "not"."""
_OPPOSITES = [
    frozenset(pair.split())
    for pair in (
        "increas decreas", "rise fall", "rose fell", "higher lower", "larger smaller", "more less", "more fewer",
        "befor after", "earlier later", "first last", "maximum minimum", "abov below", "north south", "east west",
        "enabl disabl", "allow forbid", "accept reject", "best worst", "faster slower", "open close", "true fals",
        "alway never", "win lose", "won lost", "import export", "upper lower", "left right", "gain loss",
        "strengthen weaken", "support oppos", "highest lowest", "largest smallest", "most least", "start end",
    )
]  # fmt: skip


def flaw(claim: str, evidence: Sequence[str], *, names_known: str = "") -> str | None:
    """What of a claim the passages do not bear out: `numbers`, `names`, `negation`, `wording`; None when all agrees.

    `names_known` is text whose names need not be in the passages: the question, and the passages' titles.
    """
    whole = "\n".join(evidence)
    if not _numbers(claim) <= _numbers(whole) | _numbers(names_known):
        readings = _readings(whole) | _readings(names_known)
        if any(readings.isdisjoint(each) for each in _each_number(claim)):
            return "numbers"
    foreign = is_english(claim) != is_english(whole)
    known = _named(f"{whole}\n{names_known}")
    if any(name not in known for name in _names(claim, whole, foreign=foreign)):
        return "names"
    if foreign:
        return None  # words of two languages cannot be compared
    wanted = _telling(claim)
    if not wanted:
        return None
    sentences = [text for each in evidence for text in _sentences(each)]
    held = [wanted & _stems(sentence) for sentence in sentences]
    together = frozenset[str]().union(*held) | (wanted & _stems(names_known))
    near = max((len(frozenset[str]().union(*held[i : i + NEARBY])) for i in range(len(held))), default=0)
    if len(together) < ENOUGH * len(wanted) or near < ENOUGH_NEARBY * len(wanted):
        return "wording"
    return "negation" if _is_turned_round(claim, wanted, sentences, held) else None


def _is_turned_round(
    claim: str, wanted: frozenset[str], sentences: Sequence[str], held: Sequence[frozenset[str]]
) -> bool:
    """Whether the sentences that a claim restates say the opposite: all of them, for one that agrees is enough."""
    best = max((len(each) for each in held), default=0)
    restated = [text for text, each in zip(sentences, held, strict=True) if len(each) >= _AS_GOOD * best]
    is_restated = best >= _SAME_SENTENCE * len(wanted)
    if _NEGATION.search(claim):
        if is_restated:
            return not any(_NEGATION.search(text) for text in restated)
        # a denial is seldom worded like what it denies: look further for a sentence that denies it as well
        around = [text for text, each in zip(sentences, held, strict=True) if len(each) >= _RELATED * best]
        return best >= _DENIED * len(wanted) and not any(_DENIES.search(text) for text in around)
    stems = _stems(claim)
    return is_restated and all(_NEGATION.search(text) or _is_opposite(stems, _stems(text)) for text in restated)


def _is_opposite(claim: frozenset[str], sentence: frozenset[str]) -> bool:
    """Whether one word of the claim stands for its opposite in the sentence."""
    return any(
        len(claim & pair) == 1 and len(sentence & pair) == 1 and claim & pair != sentence & pair for pair in _OPPOSITES
    )


@lru_cache(maxsize=64)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in sentence_spans(text, 0, len(text)))


@lru_cache(maxsize=512)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(term) for term in query_terms(text))


@lru_cache(maxsize=64)
def _named(text: str) -> frozenset[str]:
    """Stems of what a text writes with a capital letter somewhere, and its small words as they stand."""
    text = folded(text)
    return frozenset(
        stem(word) if any(sign.isupper() for sign in text[start:end]) else word for word, start, end in words_of(text)
    )


def _telling(claim: str) -> frozenset[str]:
    return frozenset(stem(term) for term in without_stop_words(query_terms(claim)))


@lru_cache(maxsize=64)
def is_english(text: str) -> bool:
    """By its small words; a text of hardly any words counts as English, as it can be compared with any."""
    words = [word for word, _, _ in words_of(text)]
    if any(is_unspaced(word) for word in words):
        return False
    return len(words) < 6 or sum(word in STOP_WORDS for word in words) >= 0.12 * len(words)


def _names(claim: str, evidence: str, *, foreign: bool) -> Iterator[str]:
    """Stems of words that are written as names in the middle of the claim, and of identifiers."""
    words = list(words_of(claim))
    inner = [(word, start, end) for place, (word, start, end) in enumerate(words) if place and _is_inside(claim, start)]
    capital = [word for word, start, _ in inner if claim[start].isupper()]
    if len(capital) > 0.4 * max(len(inner), 1) and len(inner) > 5:
        return  # a language that writes its nouns so, or a title
    lower = _stems(evidence) if foreign else frozenset()
    for word in capital:
        if word in STOP_WORDS or len(word) < 2 or word in _MONTHS:
            continue
        if foreign and stem(word) not in lower and not _written_as_name(word, evidence):
            continue  # may be an ordinary word of the other language
        yield stem(word)


def _is_inside(claim: str, start: int) -> bool:
    """Whether a word stands where an ordinary one has a small letter."""
    before = claim[:start].rstrip(" ")
    return bool(before) and before[-1] not in ".!?:…\n\"“”„«»‘'(*-–—•"


def _written_as_name(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


def _numbers(text: str) -> frozenset[str]:
    return frozenset().union(*_each_number(text)) if text else frozenset()


@lru_cache(maxsize=64)
def _readings(text: str) -> frozenset[str]:
    """Everything that the numbers of a text may mean."""
    return _numbers(text)


def _each_number(text: str) -> list[frozenset[str]]:
    """For each number of a text what it may mean: `1.000` is one, or a thousand."""
    text = _ENUMERATED.sub(" ", text)
    text = _ISO_DATE.sub(lambda date: f"{date[1]} {_MONTHS[(int(date[2]) - 1) % 12]} {int(date[3])} ", folded(text))
    found = [_read(match) for match in _NUMBER.finditer(text)]
    found += [frozenset({_WORDS[word]}) for word, _, _ in words_of(text) if word in _WORDS and word != "one"]
    found += [frozenset({word}) for word, start, _ in words_of(text) if word in _MONTHS and text[start].isupper()]
    return found


def _read(match: re.Match[str]) -> frozenset[str]:
    if match[1] is None:
        return frozenset({_canonical(match[3])})
    written, scale = match[1], match[2]
    readings = {_canonical(re.sub(r"[,'’\u00a0\u202f]", "", written))}
    if _GROUPED.fullmatch(written):
        readings.add(_canonical(re.sub(r"\D", "", written)))
    elif re.fullmatch(r"\d+,\d+", written):
        readings = {_canonical(written.replace(",", "."))}
    if scale:
        zeros = _SCALES[scale.lower()]
        scaled = {_scaled(each, zeros) for each in readings}
        readings = readings | scaled if scale.lower() == "m" else scaled  # metres, or millions
    return frozenset(readings)


def _canonical(digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    fraction = fraction.replace(".", "").rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _scaled(number: str, zeros: int) -> str:
    whole, _, fraction = number.partition(".")
    return _canonical(
        whole + fraction.ljust(zeros, "0")[:zeros] + ("." + fraction[zeros:] if len(fraction) > zeros else "")
    )
