"""The shape of JSON: which keys, in which order, with which types. Values are left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def shape(value: Any) -> Any:
    """Objects keep their keys; a list has the shapes that occur in it, each once; numbers are one type."""
    match value:
        case dict():
            return {key: shape(part) for key, part in value.items()}
        case list():
            return each_once(shape(part) for part in value)
        case bool() | None:
            return type(value).__name__
        case int() | float():
            return "number"
        case _:
            return "string"


def each_once(shapes: Iterable[Any]) -> list[Any]:
    """Without repetitions, in the order in which they first occur."""
    found: list[Any] = []
    for each in shapes:
        if each not in found:
            found.append(each)
    return found
