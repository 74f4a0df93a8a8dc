"""Phrases that tell what a text is about."""

from __future__ import annotations

import pytest

from cortex.services.phrases import Phrase, is_telling, key_of, phrases_of

TEXT = (
    "Web scraping with Playwright is easy once the selectors hold still. A web scraper that waits for the network "
    "is a patient web scraper. Playwright records traces, and the traces of Playwright explain most failures."
)


def best(text: str, title: str = "", number: int = 5) -> list[str]:
    found = [phrase for phrase in phrases_of(text, [], title=title).values() if is_telling(phrase)]
    return [phrase.name for phrase in sorted(found, key=lambda p: (-p.score, p.key))][:number]


def test_frequent_and_titled_phrases_lead() -> None:
    assert set(best(TEXT, "Web scraping with Playwright", 3)) >= {"playwright"}
    assert any(name.startswith("web scrap") for name in best(TEXT, "Web scraping with Playwright", 4))


def test_forms_of_a_phrase_are_one() -> None:
    assert key_of("Web-Scrapers") == key_of("web scraper") == key_of("WEB SCRAPER")
    assert phrases_of(TEXT, [])[key_of("trace")].count == 2


def test_pale_words_numbers_and_fragments_tell_nothing() -> None:
    for name in ("using", "the", "2024", "3 14", "thing", "x", "example file"):
        assert not is_telling(Phrase(key_of(name), name, 9, 1.0, in_title=False)), name


def test_no_phrase_crosses_a_stop_word_or_a_full_stop() -> None:
    found = phrases_of("The state of matter. Water boils; ice melts.", [])
    names = {phrase.name for phrase in found.values()}
    assert not {"state of matter", "matter water", "boils ice"} & names
    assert "ice melts" in names


@pytest.mark.parametrize("text", ["", "…", "\x00", "a" * 100_000, "🙂 " * 5000, "漢字" * 5000, "{a.__class__} {{7*7}}"])
def test_odd_texts_are_survived(text: str) -> None:
    assert all(0 < phrase.score <= 1 for phrase in phrases_of(text, []).values())


def test_frequent_words_of_the_texts_language_are_no_phrases() -> None:
    text = (
        "Der Nachtzug und die Kälte. Die Fahrt mit dem Nachtzug ist für die Reisenden eine lange, und der Zug ist alt."
    )
    found = phrases_of(text, [], title="Die Fahrt mit dem Nachtzug", language="de")
    names = {phrase.name for phrase in found.values()}
    assert "nachtzug" in names
    assert not {"die", "der", "und", "die fahrt", "mit dem nachtzug"} & names
    assert phrases_of(text, [], language="xx")


def test_a_short_run_of_han_is_a_phrase() -> None:
    assert best("東京 へ 行く。東京 は 大きい。東京 の 夏。")[0] == "東京"
