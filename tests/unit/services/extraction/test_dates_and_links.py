"""Dates and addresses as documents write them."""

from __future__ import annotations

from datetime import date

import pytest

from cortex.services.extraction.dates import published_date
from cortex.services.extraction.language import detect_language, language_code
from cortex.services.extraction.links import absolute_url


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-05", "2024-03-05T00:00:00Z"),
        ("2024-03-05T10:00:00+02:00", "2024-03-05T08:00:00Z"),
        ("2024-03-05 10:00", "2024-03-05T10:00:00Z"),
        ("D:20240102030405+01'00'", "2024-01-02T02:04:05Z"),
        ("D:2024", "2024-01-01T00:00:00Z"),
        ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03-05T10:00:00Z"),
        (date(2024, 3, 5), "2024-03-05T00:00:00Z"),
        ("2024-13-45", None),
        ("9999-01-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (12, None),
    ],
)
def test_dates(value: object, expected: str | None) -> None:
    assert published_date(value) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/a b", "https://example.org/a%20b"),
        ("//other.example/x", "https://other.example/x"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("javascript:alert(1)", None),
        (" \x01java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("#part", None),
        ("", None),
        ("http://[bad", None),
    ],
)
def test_links(href: str, expected: str | None) -> None:
    assert absolute_url(href, "https://example.org/dir/") == expected


def test_languages() -> None:
    assert language_code("de-AT") == "de"
    assert language_code("eng") == "en"
    assert language_code("!!") is None
    assert detect_language("short") is None
    assert detect_language("Le fleuve coule lentement à travers la vallée, et les saules bordent ses rives.") == "fr"
