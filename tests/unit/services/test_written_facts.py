"""What a model wrote is held against the text: numbers, names, language."""

from __future__ import annotations

import pytest

from cortex.services.written_facts import Facts

TEXT = (
    "In 1994 Ada Moreland planted 1,200 leeks near Norwich on 3/11. Twelve rotted. SQLite 3.53 keeps the records, "
    "and the Clay Growers Society reads them. It is not the soil but the water that does it, she said of her beds."
)
GERMAN = (
    "Der Lauch verträgt schweren Boden, wenn das Beet vor dem Winter gut trocknet. Die Gärtnerin Ada Moreland pflanzte "
    "im Herbst die Reihen auf Dämme, und der Frost lockerte die Erde. Wer nasse Erde umgräbt, macht sie hart."
)


@pytest.mark.parametrize(
    "said",
    [
        "Ada Moreland planted 1200 leeks near Norwich in 1994.",
        "On 11.3 there were 12 that rotted; SQLite 3.53 keeps records.",
        "What the Clay Growers Society reads.",
        "Planting leeks: Records and Beds.",
        "Moreland's leeks.",
        "1.200 leeks.",
    ],
)
def test_what_the_text_holds_may_be_said(said: str) -> None:
    assert Facts(TEXT).complaints(said) == []


@pytest.mark.parametrize(
    ("said", "strange"),
    [
        ("She planted 1,300 leeks.", "1,300"),
        ("It was in 1995.", "1995"),
        ("She planted leeks near Ely with care.", "Ely"),
        ("Then Eva Braun planted leeks.", "Eva"),
        ("Eva Braun planted leeks.", "Braun"),
        ("Records are kept by PostgreSQL.", "PostgreSQL"),
        ("The RHS reads them.", "RHS"),
        ("See https://evil.example for more.", "links"),
        ("See ![x](//evil.example).", "links"),
    ],
)
def test_what_it_does_not_hold_is_named(said: str, strange: str) -> None:
    assert any(strange in complaint for complaint in Facts(TEXT).complaints(said))


def test_title_author_and_site_are_known() -> None:
    facts = Facts(TEXT, ("Growing in Suffolk", "B. Carver", None))
    assert facts.complaints("A talk by Carver in Suffolk.") == []


def test_german_nouns_are_no_names() -> None:
    facts = Facts(GERMAN)
    assert facts.complaints("Auf Dämmen wächst der Lauch ohne Fäulnis, sagt die Gärtnerin Moreland.") == []
    assert facts.complaints("Die Methode stammt von Eva Braun.") != []


def test_the_language_is_kept() -> None:
    english = "It is said that the leeks do well in the clay when the bed has been drained before the winter."
    german = "Der Lauch verträgt schweren Boden, wenn das Beet vor dem Winter gut trocknet und die Erde locker ist."
    assert Facts(GERMAN).language_complaints(english)
    assert Facts(TEXT).language_complaints(german)
    assert not Facts(GERMAN).language_complaints(german)
    assert not Facts(TEXT).language_complaints(english)
    assert not Facts(TEXT).language_complaints("Kurz gesagt: Lauch.")


def test_scripts_without_capitals_are_checked_by_numbers() -> None:
    facts = Facts("京都で1994年に長ねぎを120本植えた。")
    assert facts.complaints("1994年に120本植えた。") == []
    assert facts.complaints("1995年に植えた。") != []
