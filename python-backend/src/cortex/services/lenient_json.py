"""The JSON object in what a model said, also where the model could not help saying more. Pure."""

from __future__ import annotations

import json
import re

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MOST_STARTS = 50
"""Braces at which an object is looked for: prose may hold a few that open none."""


def json_object(said: str) -> dict[str, object] | None:
    """The first JSON object in the text; None when there is none that is whole.

    Takes prose and code fences around it, a comma before a closing bracket, and line breaks inside strings. What was
    cut off is not completed: nobody knows what was to follow.
    """
    text = _THOUGHTS.sub("", said)
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            return None
        for candidate in (text[start:], _without_trailing_commas(text[start:])):
            try:
                found, _end = json.JSONDecoder(strict=False).raw_decode(candidate)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
        start = text.find("{", start + 1)
    return None


def _without_trailing_commas(text: str) -> str:
    """The text without commas that stand before a closing bracket, outside of strings."""
    kept: list[str] = []
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "]}":
            place = len(kept) - 1
            while place >= 0 and kept[place].isspace():
                place -= 1
            if place >= 0 and kept[place] == ",":
                del kept[place]
        kept.append(character)
    return "".join(kept)
