from __future__ import annotations

from cortex.services.written_entities import entities_in

TEXT = "Ada\nMoreland grew leeks. ada moreland's leeks were good; Go is a game. 京都 is a city. The Leek Book is sold."


def test_only_what_stands_in_the_text_with_its_place_and_count() -> None:
    found = entities_in(
        TEXT,
        [
            ("Ada Moreland", "person"),
            ("ada moreland", "person"),
            ("Eva Braun", "person"),
            ('"The Leek Book"', "work"),
            ("京都", "place"),
            ("or", "topic"),
            ("leek", "topic"),
            ("LEEKS", "topic"),
            ("example", "topic"),
            ("", "topic"),
            ("x" * 200, "topic"),
        ],
    )
    assert {(one.name, one.kind, one.occurrences, one.start) for one in found} == {
        ("Ada Moreland", "person", 1, 0),
        ("The Leek Book", "work", 1, TEXT.index("The Leek Book")),
        ("京都", "place", 1, TEXT.index("京都")),
        ("Leek", "topic", 1, TEXT.index("Leek Book")),
    }


def test_each_counts_once_and_most_often_named_first() -> None:
    found = entities_in("Oslo, Bergen, Oslo.", [("Bergen", "place"), ("Oslo", "place"), ("oslo", "place")])
    assert [(one.name, one.occurrences) for one in found] == [("Oslo", 2), ("Bergen", 1)]
