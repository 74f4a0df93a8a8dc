"""What an answer claims, and whether a passage says so."""

from __future__ import annotations

import pytest

from cortex.services.claim_support import flaw
from cortex.services.claims import statements

PASSAGE = (
    "The lighthouse at Skerry Point was built in 1871 by Ada Moreland for $1.5 million. It was not automated before "
    "3 May 1971. A keeper's log of 12,400 pages is kept in Oslo. The lamp burned colza oil, and its light rose higher "
    "after paraffin came."
)


def test_sentences_and_what_they_cite() -> None:
    content = (
        "# The lighthouse\n\nHere is what I found:\n\n"
        "- It was built in 1871. [1] It was automated a century later.[2]\n"
        "- Paraffin came in 1890 [1], and it halved the cost of the light [2][3].\nIs that so?\n"
        "```\ncode that says [1] a lot\n```"
    )
    found = statements(content)
    assert [(one.text, one.citations) for one in found] == [
        ("It was built in 1871.", (1,)),
        ("It was automated a century later.", (2,)),
        ("Paraffin came in 1890", (1,)),
        (", and it halved the cost of the light .", (2, 3)),
    ]
    assert [content[one.start : one.end] for one in found[:2]] == [
        "It was built in 1871. [1]",
        "It was automated a century later.[2]",
    ]


def test_sentences_of_other_scripts() -> None:
    found = statements("灯塔建于1871年。[1]它后来实现了自动化。[2]")
    assert [one.citations for one in found] == [(1,), (2,)]


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The lighthouse was built in 1871 by Ada Moreland.", None),
        ("Ada Moreland built the lighthouse at Skerry Point for 1,500,000 dollars.", None),
        ("The lighthouse was built in 1872 by Ada Moreland.", "numbers"),
        ("The lighthouse was built for $1.5 billion.", "numbers"),
        ("The log of twelve pages is kept in Oslo.", "numbers"),
        ("The keeper's log has 12400 pages.", None),
        ("The lighthouse was automated on 3 June 1971.", "numbers"),
        ("The lighthouse was not automated before 1971-05-03.", None),
        ("The lighthouse was built in 1871 by Ada Lovelace.", "names"),
        ("The keeper's log is kept in Bergen.", "names"),
        ("The lighthouse was automated before 3 May 1971.", "negation"),
        ("The lamp did not burn colza oil.", "negation"),
        ("Its light rose lower after paraffin came.", "negation"),
        ("The harbour master sells smoked herring on fridays.", "wording"),
        ("Der Leuchtturm wurde 1871 von Ada Moreland gebaut und steht an der Skerry Point.", None),
        ("Der Leuchtturm wurde 1872 von Ada Moreland gebaut und steht an der Skerry Point.", "numbers"),
    ],
)
def test_what_a_passage_bears_out(claim: str, reason: str | None) -> None:
    assert flaw(claim, [PASSAGE]) == reason


def test_the_title_and_the_question_name_what_the_passage_calls_it() -> None:
    claim = "The lighthouse of Port Ellen was built in 1871 by Ada Moreland."
    assert flaw(claim, [PASSAGE]) == "names"
    assert flaw(claim, [PASSAGE], names_known="Notes on Port Ellen") is None


def test_numbers_in_words_and_figures_agree() -> None:
    assert flaw("The dough rests for sixteen hours.", ["A rye dough rests for 16 hours."]) is None
    assert flaw("The dough rests for eighteen hours.", ["A rye dough rests for 16 hours."]) == "numbers"
