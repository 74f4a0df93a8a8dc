"""Connections in plain words, and the addresses that they are made from."""

from __future__ import annotations

import pytest

from cortex.domain.connection import Direction, Edge, Reason
from cortex.services.connection_words import in_words, sentence, telling_span, written_as
from cortex.services.page_links import MOST, links_of


def edge(*reasons: Reason) -> Edge:
    return Edge(1, 2, 0.8, reasons)


def test_alike_passages_are_quoted_under_the_name_they_share() -> None:
    found = edge(
        Reason("similarity", 0.6, passages=(1, 2)), Reason("names", 0.3, ("SQLite full-text search", "trigram"))
    )
    assert sentence(found, "A", "B", ("FTS5 is quick.", "Use FTS5 for search")) == (
        "Both speak of SQLite full-text search and trigram: “FTS5 is quick” and “Use FTS5 for search”."
    )
    assert sentence(edge(Reason("similarity", 0.6)), "A", "B") == "They say similar things."


@pytest.mark.parametrize(
    ("direction", "said"),
    [("to", "“A” links to “B”."), ("from", "“B” links to “A”."), ("both", "“A” and “B” link to each other.")],
)
def test_links_are_said_as_they_point(direction: Direction, said: str) -> None:
    assert sentence(edge(Reason("link", 0.8, direction=direction)), "A", "B") == said


def test_every_kind_of_reason_has_words() -> None:
    shared = Reason("shared_link", 0.5, ("https://sqlite.org/fts5.html",))
    assert sentence(edge(shared), "A", "B") == "Both link to sqlite.org/fts5.html."
    assert in_words(shared).detail == "both link to sqlite.org/fts5.html"
    assert sentence(edge(Reason("tags", 0.5, ("garden",))), "A", "B") == "Both are about garden."
    assert sentence(edge(Reason("site", 0.5, ("a.example",))), "A", "B") == "Both come from a.example."
    assert in_words(Reason("names", 0.2, ("leeks", "clay"))).detail == "both speak of leeks, clay"
    assert in_words(Reason("link", 0.75, direction="from")).detail == "is linked from it"


def test_the_telling_sentence_is_the_one_that_the_other_passage_shares() -> None:
    text = "Some words first. Leeks rot in wet clay. And then the weather was fine 😀 again."
    start, end = telling_span(text, "Why do leeks planted in clay rot?")
    assert text[start:end] == "Leeks rot in wet clay."
    assert telling_span("", "anything") == (0, 0)
    code = "...\nrot = leeks(clay)[0].rot()\nIn clay, most leeks are lost to rot."
    start, end = telling_span(code, "rot = leeks(clay).rot, and why leeks rot in clay")
    assert code[start:end] == "In clay, most leeks are lost to rot."


def test_names_are_written_as_the_texts_write_them() -> None:
    assert written_as("sqlite", "About SQLite") == "SQLite"
    assert written_as("sqlite", "nothing of it") == "sqlite"


def test_links_are_canonical_once_each_and_never_its_own() -> None:
    html = (
        '<p><a href="https://www.example.org/a/?utm_source=x&amp;b=1">one</a> <a href="http://example.org/a?b=1">two'
        '</a> <a href="mailto:a@example.org">mail</a> <a href="https://example.org/self">self</a></p>'
    )
    assert links_of(html, None, own="https://example.org/self") == {"https://example.org/a?b=1"}


def test_addresses_written_out_count_where_there_are_no_links() -> None:
    text = "See https://example.org/leeks, (https://example.org/clay) and http://localhost:8000/x."
    assert links_of("<p></p>", text, own=None) == {"https://example.org/leeks", "https://example.org/clay"}
    assert links_of(None, None, own=None) == frozenset()
    many = " ".join(f"https://example.org/{number}" for number in range(2 * MOST))
    assert len(links_of(None, many, own=None)) == MOST
