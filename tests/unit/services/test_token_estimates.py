from __future__ import annotations

import pytest

from cortex.services.token_estimates import beginning_within, tokens_at_most


@pytest.mark.parametrize(
    ("text", "real"),
    [
        # counts of a common byte-pair tokenizer, for orientation
        ("Hello world, this is an ordinary English sentence about leeks.", 13),
        ("Größe und Länge der Überprüfung", 10),
        ("日本語のテキスト", 7),
        ("Привет мир как дела", 8),
        ("def f(x): return x**2 + 3.14159", 14),
        ("2026-11-21T13:26:17Z", 12),
    ],
)
def test_it_is_rather_too_many(text: str, real: int) -> None:
    assert real <= tokens_at_most(text) <= 3 * real


def test_no_text_has_no_tokens() -> None:
    assert tokens_at_most("") == 0


def test_the_longest_beginning_that_fits() -> None:
    text = "one two three four five six seven eight nine ten " * 50
    cut = beginning_within(text, 40)
    assert text.startswith(cut)
    assert 36 <= tokens_at_most(cut) <= 40
    assert beginning_within(text, 100_000) == text
    assert beginning_within(text, 0) == ""
