"""The query language: operators are understood, everything else is literal, nothing is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex.db import driver
from cortex.db.search_index import Term, phrase_expression
from cortex.domain.index_text import index_text
from cortex.domain.search import Filters
from cortex.services.retrieval.query_language import parse
from cortex.services.retrieval.words import query_terms, stem


def test_plain_words() -> None:
    parsed = parse("bake the bread")
    assert (parsed.text, parsed.terms) == ("bake the bread", ("bake", "the", "bread"))
    assert parsed.filters == Filters()
    assert parsed.query_type(filtered=False) == "simple"


def test_phrases_and_exclusions() -> None:
    parsed = parse('"exact phrase" other -not -"these words"')
    assert parsed.phrases == (("exact", "phrase"),)
    assert parsed.excluded == (("not",), ("these", "words"))
    assert parsed.text == "exact phrase other"
    assert parsed.query_type(filtered=False) == "phrase"


def test_curly_quotes_are_quotes() -> None:
    assert parse("“exact phrase”").phrases == (("exact", "phrase"),)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag:python", Filters(tags=("python",))),
        ('tag:"two words"', Filters(tags=("two words",))),
        ("-tag:python", Filters(not_tags=("python",))),
        ("site:www.Example.org", Filters(sites=("example.org",))),
        ("site:https://example.org/path", Filters(sites=("example.org",))),
        ("kind:PDF", Filters(kinds=("pdf",))),
        ("-kind:pdf", Filters(not_kinds=("pdf",))),
        ("before:2026-01-31", Filters(created_before="2026-01-31T00:00:00.000Z")),
        ("after:2026-01", Filters(created_after="2026-01-01T00:00:00.000Z")),
        ("after:2026", Filters(created_after="2026-01-01T00:00:00.000Z")),
        ("in:Kitchen", Filters(collections=("Kitchen",))),
        ("is:favourite", Filters(favourite=True)),
        ("-is:archived", Filters(archived=False)),
        ("is:unread", Filters(read=False)),
        ("TAG:a tag:b", Filters(tags=("a", "b"))),
    ],
)
def test_operators(query: str, expected: Filters) -> None:
    parsed = parse(query)
    assert parsed.filters == expected
    assert parsed.text == ""
    assert parsed.query_type(filtered=False) == "filtered"


@pytest.mark.parametrize(
    "query",
    [
        "before:someday", "before:2026-13-40", "kind:spaceship", "is:nice", "http://example.org", "foo:bar", "tag:",
        "-", '"', '"unclosed', "a-b", "3-1", "NEAR(", "*", "a AND", "OR",
        "NOT", "col:x", "()", "^a", "{a b} : c", "'; --",
    ],
)  # fmt: skip
def test_everything_else_is_literal(query: str) -> None:
    parsed = parse(query)
    assert parsed.filters == Filters()
    assert parsed.excluded == ()
    assert parsed.text == " ".join(query.split())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("how do I bake bread", "question"),
        ("bread?", "question"),
        ("wie backt man Brot", "question"),
        ("what", "simple"),
        ("bread tag:food", "filtered"),
        ("similar:item_123", "similar"),
        ("word " * 100, "similar"),
    ],
)
def test_query_types(query: str, expected: str) -> None:
    assert parse(query).query_type(filtered=False) == expected


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert parse("a \ud800 b").text.encode()


@given(st.text())
def test_no_input_is_an_error_and_every_expression_is_valid_fts(query: str) -> None:
    parsed = parse(query)
    parsed.query_type(filtered=False)
    connection = driver.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        for words in (*parsed.phrases, *parsed.excluded, *((term,) for term in parsed.terms)):
            expression = phrase_expression([Term(word) for word in words])
            connection.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()
    finally:
        connection.close()


@given(
    st.lists(st.sampled_from(['"', "-", ":", "tag", "a", " ", "before", "2026", "(", "*", "NOT", "\x00", "é", "漢"]))
)
def test_no_combination_of_operators_is_an_error(parts: list[str]) -> None:
    parse("".join(parts))


def test_scripts_without_spaces_become_pairs() -> None:
    assert query_terms("漢字変換") == ["漢字", "字変", "変換"]
    assert query_terms("漢") == ["漢"]
    assert index_text("a漢字b").split() == ["a", "漢字", "字", "b"]
    assert index_text("ｆｕｌｌ ﬁt") == "full fit"


def test_stems_are_those_of_the_index() -> None:
    words = ["running", "Libraries".lower(), "café", "relational", "x86", "naïve", "generously", "skies", "dying"]
    connection = driver.connect(":memory:")
    try:
        connection.execute('CREATE VIRTUAL TABLE t USING fts5(x, tokenize="porter unicode61 remove_diacritics 2")')
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
        connection.execute("INSERT INTO t VALUES (?)", (" ".join(words),))
        stems = [row[0] for row in connection.execute("SELECT term FROM v ORDER BY offset")]
    finally:
        connection.close()
    assert [stem(word) for word in words] == stems
