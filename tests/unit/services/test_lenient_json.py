from __future__ import annotations

import pytest

from cortex.services.lenient_json import json_object


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('Here is the summary: {"a": 1} I hope it helps {really}.', {"a": 1}),
        ('In {braces} first, then {"a": [1, 2,], "b": "kept ,] as it is",}', {"a": [1, 2], "b": "kept ,] as it is"}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('<think>maybe {"a": 0}?</think>{"a": 1}', {"a": 1}),
        ('{"a": "quoted \\" and ,}"}', {"a": 'quoted " and ,}'}),
        ('{"a": "cut in the mid', None),
        ("[1, 2]", None),
        ("no object", None),
        ("{" * 100_000, None),
    ],
)
def test_the_object_in_what_was_said(said: str, found: object) -> None:
    assert json_object(said) == found
