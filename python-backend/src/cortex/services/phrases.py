"""The phrases that tell what a text is about: frequent, early, in the title and headings. No model, no dictionary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cortex.domain.document import Block
from cortex.domain.index_text import folded
from cortex.services.frequent_words import frequent_words
from cortex.services.retrieval.words import STOP_WORDS, is_unspaced, stem, words_of

LONGEST = 3
"""Words of a phrase."""
_READ = 60_000
"""Code points of a text that are looked at."""
_WEIGHT = {"heading": 2.0, "paragraph": 1.0, "list_item": 1.0, "quote": 0.7, "table": 0.5}
_TITLE_WEIGHT = 4.0
_BY_LENGTH = {1: 1.0, 2: 1.7, 3: 1.8}
_JOINING = frozenset({" ", "-", "'", "’", "/", "."})
"""What may stand between two words of one phrase."""

# Words that are frequent in any text and tell of none; the stop words say nothing at all.
_PALE = STOP_WORDS | frozenset(
    """able access across actual add added adding against allow allows almost already also always another anything
    appear applications around available away back bad based basic become been begin best better big bit body
    break bring building built call called calls came card case cases change changes check clear click code com
    combine come comes common complete configure configured configuring contains content contents copy correct
    cost could create created creates creating current currently custom date dates day days default detail
    details different directly display document documents does doesn done easily easy either else empty end
    enough entire error errors even every everything example examples executable execute execution existing
    expected extra fact feature features feel field fields figure file files find fine first fix following
    follows format found full fully function functions further gave general generate generated generates
    generating get gets getting give given gives go goes going good got great group hand handy happen hard help
    helpful here high hold however html http https id idea import important include included including info
    information initial input inside installed installing instance instead interesting issue issues item items
    job keep key keys kind know large last later latest least left let level like likely line lines link list
    little load loaded loading loads local long longer look looking looks lot low made main make makes making
    many match may maybe mean means method might missing mode model more most much multiple must name named need
    needed needs never new next nice non none note notes nothing number object objects old one ones open option
    options order org original others otherwise output page part pass pattern people per perhaps piece place
    plain please point possible pretty probably problem process program project provide provides push put quick
    quite rather raw read ready realized really recent recently register related result results return returned
    returns right rule rules run running runs said same save saved saw say says script second section see seem
    seems seen select send serve served serves serving set several shall short show shows side similar simple
    simply since single size small something sometimes soon sort space specific specification specifications
    specified specify standard start started starting state step still stop string strings stuff style suggested
    support supports sure system take takes task technique tell terms test text thing things think third though
    thought three time times title today together took tool tools top total trick tried true try trying turn
    turned two type understand unique update updated updates updating upon usage use used useful user users uses
    using usually value values various version versions via view want wanted wants way ways week well went
    whatever whether whole without won wondering word words work worked working works world would write writing
    written wrong www year years yes yet""".split()  # noqa: SIM905 - a paragraph reads better than 300 quoted words
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a text."""

    key: str
    """Its stems, by which forms of it are recognised."""
    name: str
    """Its commonest form in lower case."""
    count: int
    score: float
    """Salience within the text: 1 for the most telling phrase."""
    in_title: bool


def key_of(name: str) -> str:
    """The key of a tag or phrase as people write it: `Web-Scrapers` and `web scraper` have the same."""
    return " ".join(stem(word) for word, _, _ in words_of(folded(name)))


def phrases_of(
    text: str, blocks: Sequence[Block], *, title: str = "", language: str | None = None
) -> dict[str, Phrase]:
    """Every phrase of up to three words, by key. Linear in the text; only its beginning counts when it is long.

    `language` (ISO 639-1) names whose frequent words end a phrase, beside the English ones.
    """
    stops = STOP_WORDS | frequent_words(language if language != "en" else None)
    names: dict[str, Counter[str]] = {}
    weights: dict[str, float] = {}
    first: dict[str, int] = {}
    titled: set[str] = set()
    for words in _runs(title):
        for key, name in _grams(words, stops):
            names.setdefault(key, Counter())[name] += 1
            weights[key] = weights.get(key, 0.0) + _TITLE_WEIGHT
            first.setdefault(key, 0)
            titled.add(key)
    for block in blocks or (Block("paragraph", 0, len(text)),):
        weight = _WEIGHT.get(block.kind)
        if block.start > _READ or weight is None:
            continue
        for words in _runs(text[block.start : min(block.end, _READ)]):
            for key, name in _grams(words, stops):
                names.setdefault(key, Counter())[name] += 1
                weights[key] = weights.get(key, 0.0) + weight
                first.setdefault(key, block.start)
    length = max(1, min(len(text), _READ))
    scores = {
        key: (weight**0.5 if " " not in key else max(weight - 0.9, 0.05) ** 0.5)
        * _BY_LENGTH[key.count(" ") + 1]
        * (1.3 - 0.5 * first[key] / length)
        for key, weight in weights.items()
    }
    top = max(scores.values(), default=1.0)
    return {
        key: Phrase(
            key,
            min(forms, key=lambda name, forms=forms: (-forms[name], len(name), name)),  # type: ignore[misc] # bound per turn
            sum(forms.values()),
            round(scores[key] / top, 4),
            key in titled,
        )
        for key, forms in names.items()
    }


def is_telling(phrase: Phrase) -> bool:
    """Whether a phrase may become a tag by its form: no pale words at its ends, not only digits, not tiny."""
    words = phrase.name.split(" ")
    if words[0] in _PALE or words[-1] in _PALE or not any(word.isalpha() for word in words):
        return False
    if len(words) == 1 and not is_unspaced(words[0]):
        return len(words[0]) >= (2 if phrase.in_title else 3)
    return len(phrase.name) <= 40


def _runs(text: str) -> Iterator[list[str]]:
    """Words that follow each other without punctuation between them."""
    plain = folded(text)
    run: list[str] = []
    last = 0
    for word, start, end in words_of(plain):
        if run and (plain[last:start] not in _JOINING or is_unspaced(word)):
            yield run
            run = []
        run.append(word)
        last = end
    if run:
        yield run


def _grams(words: list[str], stops: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(key, form) of every phrase in a run that holds no stop word."""
    if is_unspaced(words[0]):
        if len(words[0]) <= 8:
            yield words[0], words[0]
        return
    stems = [stem(word) for word in words]
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if words[end - 1] in stops or len(words[end - 1]) > 40:
                break
            yield " ".join(stems[start:end]), " ".join(words[start:end])
